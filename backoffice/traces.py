"""Traces to an OpenTelemetry collector, where OTEL_ENDPOINT names one. Needs the extra `observability`."""

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter

SECRET_ADDRESSES = "webhooks/"  # a callback's address is its secret


def start(endpoint: str, *, exporter: SpanExporter | None = None) -> None:
    """Trace requests, tasks and exchanges: addresses and times, neither bodies nor headers nor SQL."""
    provider = TracerProvider(resource=Resource.create({"service.name": "merchant-back-office"}))
    provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter(endpoint=endpoint)))
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument(excluded_urls=SECRET_ADDRESSES)
    CeleryInstrumentor().instrument()
    RequestsInstrumentor().instrument()
