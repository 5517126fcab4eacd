// The journal worker: appends to files in the site's private file system, which outlive its database. No product logic.
// Each tab keeps one file open and so locks it. A file that can be opened belongs to a tab that was closed.

const MOST = 100;
const MESSAGE = "The private file system of this site cannot be used";
let folder, own, last = Promise.resolve();

const grab = (file) => file.createSyncAccessHandle().catch(() => null);

async function take(fits) {
  for (let number = 0; number < MOST; number++) {
    const handle = await grab(await folder.getFileHandle(String(number), { create: true }));
    if (handle && fits(handle)) return handle;
    handle?.close();
  }
  throw new Error(MESSAGE);
}

function write(handle, content, at) {
  if (handle.write(content, { at }) !== content.length) throw new DOMException(MESSAGE, "QuotaExceededError");
  handle.flush();
}

function empty(handle) {
  handle.truncate(0);
  handle.flush();
}

const deeds = {
  async open(name) {
    folder = await navigator.storage.getDirectory();
    for (const part of ["journal", name]) folder = await folder.getDirectoryHandle(part, { create: true });
    own = await take(() => true);
    let size = 0;
    for await (const file of folder.values()) size += (await file.getFile()).size;
    return size;
  },
  append: (content) => write(own, content, own.getSize()),
  async read(most = 0) {
    const parts = [];
    for await (const file of folder.values()) {
      const whole = await file.getFile();
      parts.push(new Uint8Array(await whole.slice(most ? -most : 0).arrayBuffer()));
    }
    return parts;
  },
  async replace(content) {
    const old = own;
    own = await take((handle) => !handle.getSize());
    write(own, content, 0);
    empty(old);
    old.close();
    for await (const file of folder.values()) {
      const handle = await grab(file);
      if (handle) empty(handle), handle.close();
    }
  },
};

onmessage = ({ data: { id, deed, given } }) => {
  last = last.then(() => deeds[deed](given)).then(
    (value) => postMessage({ id, value }),
    (error) => postMessage({ id, problem: error.name, details: error.message }),
  );
};
