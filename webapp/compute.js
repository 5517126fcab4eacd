// The compute worker: starts its own Python, then passes every message to it. No product logic.

let answering;

async function start({ script, site, base }) {
  const { startPython, loadPackages } = await import(script);
  const { python, how, complete } = await startPython(site, base, { packages: site.packages.page });
  globalThis.limnerCompute = { complete, load: (names) => loadPackages(python, names) };
  const answer = await python.runPythonAsync("from webapp.py.browser.worker_main import answer\nanswer");
  postMessage({ type: "ready", how });
  return answer;
}

onmessage = async ({ data }) => {
  try {
    if (data.type === "start") answering = start(data);
    else (await answering)(data);
    await answering;
  } catch (error) {
    postMessage({ type: "broken", reason: error.details ?? String(error.stack ?? error) });
  }
};
