"""What the generated description of the API cannot know by itself."""

from typing import Any

NO_ID = r"^(?!count$)[-A-Za-z0-9_]+$"


def ids_are_no_words(result: dict[str, Any], generator: Any, request: Any, public: Any) -> dict[str, Any]:
    """Beside `/{id}` stands `/count`: say that no object is called so."""
    for path, operations in result["paths"].items():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path" and path.endswith(f"/{{{parameter['name']}}}"):
                    parameter["schema"]["pattern"] = NO_ID
    return result
