/** Zip archives of data sets: the only importer of yauzl. */
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { openPromise } from "yauzl";
import { messageOf, SetupError } from "../../harness/errors.ts";

/** Far above any data set here; an archive that claims more is none of them. */
const MOST_BYTES = 8 * 1024 ** 3;
const MOST_ENTRIES = 500_000;

/**
 * Unpacks the files of an archive below `directory`; names that lead out of it are refused by the library.
 * @throws SetupError when it is damaged, or unpacks to more than any data set
 */
export async function unzip(archive: string, directory: string): Promise<void> {
  try {
    const zip = await openPromise(archive);
    if (zip.entryCount > MOST_ENTRIES) throw new Error(`it has ${zip.entryCount} entries`);
    let bytes = 0;
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith("/")) continue;
      bytes += entry.uncompressedSize; // what comes beyond that size is an error of the stream
      if (bytes > MOST_BYTES) throw new Error(`it unpacks to more than ${MOST_BYTES} bytes`);
      const target = join(directory, entry.fileName);
      await mkdir(dirname(target), { recursive: true });
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target, { flags: "wx" }));
    }
  } catch (error) {
    throw new SetupError(`cannot unpack ${archive}: ${messageOf(error)}`, { cause: error });
  }
}
