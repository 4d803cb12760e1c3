"""Our application for servers that speak ASGI."""

import os

from a2wsgi import WSGIMiddleware

from refactor_site.wsgi import application as wsgi

application = WSGIMiddleware(wsgi, workers=int(os.environ["THREADS"]))
