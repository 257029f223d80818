"""What is told of an error outside of this place."""

from backoffice.error_events import cut_event

FRAME = {"filename": "cards/commands.py", "lineno": 7, "function": "issue_card", "vars": {"key": "'s3cret'"}}
EVENT = {
    "event_id": "1",
    "level": "error",
    "request": {"url": "https://merchant.test/webhooks/openapi/token/", "headers": {"Cookie": "session=1"}},
    "user": {"username": "mei"},
    "extra": {"sys.argv": ["manage.py"]},
    "breadcrumbs": {"values": [{"message": "SELECT"}]},
    "exception": {
        "values": [
            {"type": "ValueError", "value": "card 4242424242424242 refused", "stacktrace": {"frames": [FRAME]}},
        ]
    },
}


def test_an_error_tells_its_place_and_nothing_of_its_data():
    assert cut_event(EVENT) == {
        "event_id": "1",
        "level": "error",
        "exception": {
            "values": [
                {
                    "type": "ValueError",
                    "module": None,
                    "value": "card •••• 4242 refused",
                    "stacktrace": {
                        "frames": [{"filename": "cards/commands.py", "lineno": 7, "function": "issue_card"}]
                    },
                }
            ]
        },
    }


def test_a_message_is_told_without_card_numbers():
    assert cut_event({"logentry": {"message": "saw 4242424242424242"}}) == {"message": "saw •••• 4242"}
