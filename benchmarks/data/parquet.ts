/** Rows of Parquet files: the only importer of hyparquet. */
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { messageOf, SetupError } from "../../harness/errors.ts";

/**
 * The rows in order, one group of the file after the other, so that a file with images needs little memory.
 * Binary columns come as bytes, whole numbers of 64 bits as `bigint`.
 * @throws SetupError when it is no Parquet file, or damaged
 */
export async function* parquetRows(path: string): AsyncIterable<Record<string, unknown>> {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    let rowStart = 0;
    for (const { num_rows } of metadata.row_groups) {
      const rowEnd = rowStart + Number(num_rows);
      yield* await parquetReadObjects({ file, metadata, rowStart, rowEnd, utf8: false });
      rowStart = rowEnd;
    }
  } catch (error) {
    throw new SetupError(`${path} cannot be read as Parquet: ${messageOf(error)}`, { cause: error });
  }
}
