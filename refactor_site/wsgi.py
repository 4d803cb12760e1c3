import logging
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from llm_providers.web.request_bodies import ChunkedBodies, ReadableContentTypes, WithoutEnvironment
from refactor_site.keys import later_keys
from refactor_site.pools import close_pools_at_exit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refactor_site.settings")
try:
    chunked_bodies = ChunkedBodies(get_wsgi_application(), under=("/v1/", "/api/v1/"))
    readable_requests = ReadableContentTypes(chunked_bodies)
    application = WithoutEnvironment(readable_requests, os.environ)
except ImproperlyConfigured as error:
    sys.exit(f"Refusing to start: {error}")
close_pools_at_exit()
if settings.METRICS_PORT and "PROMETHEUS_MULTIPROC_DIR" in os.environ:
    from llm_providers.observability.exporter import export  # the models are there only now

    export(settings.METRICS_HOST, settings.METRICS_PORT)
for warning in later_keys():
    logging.getLogger(__name__).warning("%s %s", warning.msg, warning.hint)
