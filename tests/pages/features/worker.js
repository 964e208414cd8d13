addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (pathname.endsWith("by-worker.svg")) {
    const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="50"><rect width="90" height="50" fill="orchid"/></svg>';
    event.respondWith(new Response(picture, { headers: { "content-type": "image/svg+xml" } }));
  }
  if (pathname.endsWith("made/sheet.css")) {
    event.respondWith(new Response(".made { color: orchid; font-size: 40px }", { headers: { "content-type": "text/css" } }));
  }
});
