"use strict";

// ReDoc's only image is a logo from another host, and no option leaves it out: images get no source here.
Object.defineProperty(HTMLImageElement.prototype, "src", { set() {} });
HTMLImageElement.prototype.setAttribute = () => {};

const docs = document.getElementById("docs");

Redoc.init(docs.dataset.document, { hideDownloadButtons: true, scrollYOffset: "header" }, docs);
