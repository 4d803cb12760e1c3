from django.conf import settings

from llm_providers.web.whole_requests import WholeRequests
from refactor_site.wsgi import readable_requests

application = WholeRequests(readable_requests, settings.SERVER_THREADS // settings.WORKERS)
