import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from llm_providers.wsgi import ChunkedBodies, ReadableContentTypes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refactor_site.settings")
try:
    application = ReadableContentTypes(ChunkedBodies(get_wsgi_application(), under="/v1/"))
except ImproperlyConfigured as error:
    sys.exit(f"Refusing to start: {error}")
