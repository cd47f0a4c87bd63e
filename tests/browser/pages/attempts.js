// The ways in which a page can send a request to somebody else's server, and those in which it can look at what
// that server has. Each way of sending comes to the text of the answer as far as the page may read it.

const TEXT = "text/plain";
const JSON_TYPE = "application/json";
const attach = (element) => document.documentElement.appendChild(element);
const make = (kind, properties) => Object.assign(document.createElement(kind), properties);

const fetched = async (url, options) => (await fetch(url, options)).text();

// A form in text sends `name=value`, which is JSON here: the object with a member of no meaning at its end.
function submit(url, body, enctype) {
  const target = `frame-${document.getElementsByTagName("iframe").length}`;
  const frame = attach(make("iframe", { name: target }));
  const form = attach(make("form", { action: url, method: "POST", enctype, target }));
  const name = `${body.slice(0, -1)}${body === "{}" ? "" : ","}"":"`;
  const input = make("input", { name, value: '"}' });
  form.appendChild(input);
  return new Promise((done) => {
    frame.onload = () => done(frame.contentDocument?.body.innerText ?? "");
    form.submit();
  });
}

function exchange(method, url, body) {
  const request = new XMLHttpRequest();
  return new Promise((done) => {
    request.onloadend = () => done(request.responseText);
    request.open(method, url);
    request.setRequestHeader("Content-Type", JSON_TYPE);
    request.send(body);
  });
}

const blob = (body) => new Blob([body], { type: JSON_TYPE });
const headers = (type) => ({ "Content-Type": type });

const ways = {
  "fetch of JSON": (method, url, body) => fetched(url, { method, body, headers: headers(JSON_TYPE) }),
  "fetch of text": (method, url, body) => fetched(url, { method, body, headers: headers(TEXT) }),
  "fetch of JSON without CORS": (method, url, body) =>
    fetched(url, { method, body, headers: headers(JSON_TYPE), mode: "no-cors" }),
  "fetch of a Blob without CORS": (method, url, body) =>
    fetched(url, { method, body: blob(body), mode: "no-cors" }),
  "fetch of nothing": (method, url) => fetched(url, { method }),
  "XMLHttpRequest": exchange,
  "form in text": (method, url, body) => submit(url, body, TEXT),
  "form, encoded": (method, url, body) => submit(url, body, "application/x-www-form-urlencoded"),
  "form in parts": (method, url, body) => submit(url, body, "multipart/form-data"),
  "beacon": (method, url, body) => String(navigator.sendBeacon(url, body)),
  "beacon of a Blob": (method, url, body) => String(navigator.sendBeacon(url, blob(body))),
};

// What came of each change, [method, url, body], in one way.
const attempt = (way, changes) =>
  Promise.all(changes.map(async (change) => {
    try {
      return await ways[way](...change);
    } catch (error) {
      return error.name;
    }
  }));

const loaded = (element) =>
  new Promise((done) => {
    element.onload = () => done(element);
    element.onerror = () => done(element);
    attach(element);
  });

const embeddings = {
  script: (url) => make("script", { src: url }),
  module: (url) => make("script", { src: url, type: "module" }),
  image: (url) => make("img", { src: url }),
  style: (url) => make("link", { rel: "stylesheet", href: url }),
  frame: (url) => make("iframe", { src: url }),
  object: (url) => make("object", { data: url }),
};

// The document of what was embedded, its size as a picture, its rules as a style sheet.
function insides(element) {
  const found = [element.contentDocument?.body?.innerText, element.naturalWidth || undefined];
  try {
    found.push(element.contentWindow?.document.body.innerText);
  } catch (error) {
    found.push(error.name);
  }
  try {
    found.push(element.sheet?.cssRules.length);
  } catch (error) {
    found.push(error.name);
  }
  return found.filter((value) => value !== undefined && value !== null);
}

// All that the page gets to know of what a GET of the URL answers: by the way of looking, what was found.
async function look(url) {
  const found = {};
  const note = async (way, found_by) => {
    found[way] = await found_by().catch((error) => error.name);
  };
  const errors = [];
  window.onerror = (message) => errors.push(message);
  const before = new Set(Object.keys(window));
  await note("fetch", () => fetched(url));
  await note("fetch without CORS", () => fetched(url, { mode: "no-cors" }));
  await note("XMLHttpRequest", () => exchange("GET", url));
  await note("import", async () => (await import(url)).default);
  for (const [way, element] of Object.entries(embeddings)) {
    await note(way, async () => insides(await loaded(element(url))));
  }
  await note("event source", () => new Promise((done) => {
    const source = new EventSource(url);
    source.onmessage = (event) => done(event.data);
    source.onerror = () => source.close() ?? done("");
  }));
  const timed = performance.getEntriesByType("resource").filter((entry) => entry.name === url);
  const told = (entry) => [entry.encodedBodySize, entry.transferSize, entry.responseStatus];
  found.sizes = [...new Set(timed.flatMap(told))];
  found.errors = errors.filter((error) => error !== "Script error.");
  found.globals = Object.keys(window).filter((key) => !before.has(key) && isNaN(key)); // frames are numbers
  return found;
}
