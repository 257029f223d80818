# One image for web, worker, beat and emulator; docker-compose.yml says which command each runs.
FROM python:3.12-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /app/.venv
COPY requirements/base.lock requirements/
RUN .venv/bin/pip install -q --require-hashes -r requirements/base.lock
COPY . .
# Compiled translations and hashed style sheets are part of the image. The key is for this step alone.
RUN for catalogue in locale/*/LC_MESSAGES/*.po; do \
      [ ! -e "$catalogue" ] || .venv/bin/pybabel -q compile -i "$catalogue" -o "${catalogue%.po}.mo"; \
    done \
 && SECRET_KEY=build VAR_DIR=/tmp/build STATIC_ROOT=/app/staticfiles \
      .venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM python:3.12-slim
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=backoffice.settings \
    STATIC_ROOT=/app/staticfiles \
    VAR_DIR=/var/lib/backoffice \
    WEB_BIND=0.0.0.0:8000
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin backoffice \
 && install -d -o backoffice -g backoffice -m 700 /var/lib/backoffice /var/lib/backoffice/exports /var/lib/emulator
WORKDIR /app
COPY --from=build /app /app
USER 10001
EXPOSE 8000
CMD ["gunicorn", "-c", "python:backoffice.gunicorn", "backoffice.wsgi"]
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s --retries=5 CMD ["python", "-m", "backoffice.probe", "/readyz"]
