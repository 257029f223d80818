from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone


class Row(models.Model):
    id = models.BigAutoField(primary_key=True)
    body = models.BinaryField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_row"

    def __str__(self):
        return str(self.pk)


def receive(request: HttpRequest) -> HttpResponse:
    Row.objects.create(body=request.body)
    return HttpResponse(b'{"code":0}', content_type="application/json", headers={"Content-Length": "10"})


urlpatterns = [path("row/", receive)]
