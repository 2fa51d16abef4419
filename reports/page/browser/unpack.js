/** Unpacks what the page holds: the index of its trials, and chunks of whole trials, which may lie in a folder beside the page. */
import { counted } from "./elements.js";

/** @typedef {import("../data.ts").TrialIndex} TrialIndex */
/** @typedef {import("../data.ts").UnpackedChunk} UnpackedChunk */
/** @typedef {import("../data.ts").UnpackedImage} UnpackedImage */
/** @typedef {{ createScriptURL(url: string): string }} AddressPolicy */

const MOST_CHUNKS_KEPT = 8;

/** Those under way are never given up: a second script of the same chunk would take the first one's place. @type {Map<string, Promise<any>>} */
const reading = new Map();
/** Oldest first. @type {Map<string, Promise<any>>} */
const unpacked = new Map();
/** @type {Map<string, (packed: string) => void>} */
const awaited = new Map();
/** Made once: a second policy of the same name is refused. @type {AddressPolicy | undefined} */
let chunkPolicy;

// A file beside the page is a script that hands its text over: pages opened from a disk may load nothing else.
Reflect.set(window, "trace2skillChunk", (/** @type {string} */ name, /** @type {string} */ packed) =>
  awaited.get(name)?.(packed),
);

/** @returns {Promise<TrialIndex | null>} null where the page holds no trials */
export async function readIndex() {
  const packed = document.getElementById("trial-index")?.textContent;
  return packed ? unpack(packed) : null;
}

/**
 * A chunk of trials, or one that holds an image alone.
 * @param {string} name
 * @returns {Promise<UnpackedChunk & UnpackedImage>}
 */
export function readChunk(name) {
  const known = reading.get(name) ?? unpacked.get(name);
  if (known !== undefined) return known;
  const chunk = packedChunk(name).then(unpack);
  reading.set(name, chunk);
  chunk.then(
    () => {
      reading.delete(name);
      keepUnpacked(name, chunk);
    },
    () => reading.delete(name), // so that the next click tries again
  );
  return chunk;
}

/**
 * @param {string} name
 * @param {Promise<any>} chunk
 */
function keepUnpacked(name, chunk) {
  unpacked.set(name, chunk);
  const [oldest] = unpacked.keys();
  if (unpacked.size > MOST_CHUNKS_KEPT && oldest !== undefined) unpacked.delete(oldest);
}

/**
 * @param {string} name
 * @returns {Promise<string>}
 */
async function packedChunk(name) {
  const inside = document.getElementById(`chunk-${name}`)?.textContent;
  if (inside) return inside;
  const folder = document.documentElement.dataset.trials ?? "";
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    awaited.set(name, resolve);
    script.addEventListener("load", () => {
      script.remove();
      awaited.delete(name);
      reject(new Error(`${folder}/${name}.js is not what this page wrote. Make the page again.`)); // if it gave nothing
    });
    script.addEventListener("error", () => {
      script.remove();
      reject(new Error(`Cannot read ${folder}/${name}.js. Keep the folder ${folder} beside this page.`));
    });
    script.src = chunkAddress(`${encodeURIComponent(folder)}/${name}.js`);
    document.head.append(script);
  });
}

/**
 * Only addresses made here pass as those of scripts, where the browser knows such types.
 * @param {string} address
 * @returns {string}
 */
function chunkAddress(address) {
  const types = Reflect.get(window, "trustedTypes");
  if (types === undefined) return address;
  chunkPolicy ??= trustAddresses(types);
  return chunkPolicy.createScriptURL(address);
}

/**
 * @param {{ createPolicy(name: string, rules: AddressPolicy): AddressPolicy }} types
 * @returns {AddressPolicy}
 */
function trustAddresses(types) {
  return types.createPolicy("chunks", { createScriptURL: (url) => url });
}

/**
 * @param {string} packed base64 of deflated JSON
 * @returns {Promise<any>} what the JSON holds: the page wrote it, in the shape that its callers name
 */
async function unpack(packed) {
  if (typeof DecompressionStream === "undefined") {
    throw new Error(
      `This browser cannot unpack ${counted(packed.length, "character")} of trials: it is older than 2023.`,
    );
  }
  try {
    const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return JSON.parse(await new Response(stream).text());
  } catch (cause) {
    throw new Error("What this page holds of its trials is damaged. Make the page again.", { cause });
  }
}
