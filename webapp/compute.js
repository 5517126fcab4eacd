// The compute worker: starts its own Python, then passes every message to it. No product logic.

let answering;
const broken = (error) => postMessage({ type: "broken", reason: error?.details ?? String(error?.stack ?? error) });

async function start({ script, site, base }) {
  const { startPython, loadPackages } = await import(script);
  const { python, how, complete } = await startPython(site, base, { packages: site.packages.page });
  // After a fatal error, Python cannot answer, and the error may end in a callback that nobody waits for.
  python._api.on_fatal = broken;
  globalThis.limnerCompute = { complete, load: (names) => loadPackages(python, names) };
  const answer = await python.runPythonAsync("from webapp.py.browser.worker_main import answer\nanswer");
  postMessage({ type: "ready", how });
  return answer;
}

onerror = (_message, _file, _line, _column, error) => (broken(error), true);

onmessage = async ({ data }) => {
  // Answered at once, even while Python starts, unless a calculation blocks this thread.
  if (data.type === "ping") return postMessage({ type: "pong" });
  try {
    if (data.type === "start") answering = start(data);
    else (await answering)(data);
    await answering;
  } catch (error) {
    broken(error);
  }
};
