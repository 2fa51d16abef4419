/** Size of a PNG or JPEG as it is sent, from its header alone: for counting, without decoding and without a library. */
import type { Size } from "./raster.ts";

/** Null for anything else. A JPEG's orientation does not count. */
export function sentSize(bytes: Uint8Array): Size | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 24 && view.getUint32(0) === 0x89504e47) {
    return { width: view.getUint32(16), height: view.getUint32(20) };
  }
  return bytes.length >= 4 && view.getUint16(0) === 0xffd8 ? jpegSize(view) : null;
}

/** Goes from segment to segment up to the start of the frame (ISO 10918-1, B.2.2): C0 to CF but for tables and arithmetic conditioning. */
function jpegSize(view: DataView): Size | null {
  let offset = 2;
  while (offset + 9 <= view.byteLength) {
    const marker = view.getUint16(offset);
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return { width: view.getUint16(offset + 7), height: view.getUint16(offset + 5) };
    if (marker < 0xff00 || marker === 0xffda) return null;
    offset += 2 + view.getUint16(offset + 2);
  }
  return null;
}
