document.getElementById("open").attachShadow({ mode: "open" }).innerHTML = "<p>" + w["text in a shadow tree"] + "</p>";
document.getElementById("closed").attachShadow({ mode: "closed" }).innerHTML = "<p>" + w["text in a closed shadow tree"] + "</p>";
choice.append(new Option("first"), new Option(w["text of options and buttons"]));
window.act = async () => {
  later.textContent = w["text that changes later"];
  document.styleSheets[1].insertRule('h1::after { content: "' + w["content in an inserted rule"] + '" }', 0);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30"><text>${w["picture from a blob"]}</text></svg>`;
  blob.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  localStorage.setItem("kept", w["storage of the page"]);
  indexedDB.open("kept").onupgradeneeded = (event) => event.target.result.createObjectStore("o").put(w["database of the page"], 1);
  document.addEventListener("copy", (event) => {
    event.clipboardData.setData("text/plain", w["text copied to the clipboard"]);
    event.preventDefault();
  });
  document.execCommand("copy");
  echo.textContent = w["output that echoes a sensitive field"];
  history.replaceState(null, "", "?next=" + w["query of an address that a script goes on to"]);
  Promise.reject(new Error(w["reason of a rejection"]));
  console.log(w["console text"]);
  console.log({ kind: "order", note: w["object on the console"] });
  console.log("password: " + w["password on the console"]);
  console.log("sent Authorization: Bearer " + w["bearer token on the console"]);
  setTimeout(() => { throw new Error(w["message of an error"]); }, 0);
  alert(w["text of a dialog"]);
  prompt("What?", w["text that a prompt suggests"]);
  const post = (body, headers) => fetch("/post", { method: "POST", body, headers });
  await post(JSON.stringify({ note: w["JSON that the page sends"] }), { "Content-Type": "application/json" });
  await post(new URLSearchParams({ note: w["form that the page sends"] }));
  const form = new FormData();
  form.append("note", w["multipart form that the page sends"]);
  await post(form);
  form.append("part", new Blob(["content"]), w["name of a file in a multipart form"] + ".txt");
  await post(form);
  await fetch("/json", { headers: { Authorization: "Bearer " + w["authorization header"], "X-Own": w["header of its own that the page sends"] } }).then((r) => r.json());
  await fetch("/xml").then((r) => r.text());
  await fetch("/plain?token=" + w["token in a URL"]).then((r) => r.text());
  await new Promise((resolve) => {
    const socket = new WebSocket(location.origin.replace("http", "ws") + "/ws");
    socket.onopen = () => socket.send(w["message that the page sends by WebSocket"]);
    socket.onclose = socket.onerror = resolve;
  });
  await new Promise((resolve) => {
    const events = new EventSource("/events");
    events.onerror = () => { events.close(); resolve(); };
  });
};
