"use strict";

const docs = document.getElementById("docs");

SwaggerUIBundle({
  domNode: docs,
  url: docs.dataset.document,
  deepLinking: true,
  displayRequestDuration: true,
  // A pasted token is gone with the page.
  persistAuthorization: false,
  // Nothing is asked of another host.
  validatorUrl: null,
});
