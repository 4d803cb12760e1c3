"use strict";

const docs = document.getElementById("docs");
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches); // Swagger's own style

follow();
dark.addEventListener("change", follow);

SwaggerUIBundle({
  domNode: docs,
  url: docs.dataset.document,
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  // A pasted token is gone with the page.
  persistAuthorization: false,
  // Nothing is asked of another host.
  validatorUrl: null,
});
