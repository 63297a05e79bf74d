/** The only door to zstd: the official decoder, in WebAssembly. It verifies checksums. */

const loadDecoder = async () => {
  const { ZSTDDecoder } = await import('zstddec/stream');
  const decoder = new ZSTDDecoder();
  await decoder.init();
  return decoder;
};

/** Pieces in a row that may be empty, as the input gives nothing yet. */
const MOST_EMPTY = 8;

/** The content of a file, given in pieces. Throws if it is damaged or cut short. */
export async function unzstd(input: Iterable<Uint8Array>): Promise<Iterable<Uint8Array>> {
  const decoder = await loadDecoder();
  let empty = 0;
  const counted = function* () {
    for (const piece of input) {
      empty = 0;
      yield piece;
    }
  };
  const watched = function* () {
    for (const piece of decoder.decodeStreaming(counted())) {
      // On damage the decoder makes empty pieces without end, and asks for no further input.
      empty = piece.length === 0 ? empty + 1 : 0;
      if (empty > MOST_EMPTY) throw new Error('a block or a checksum is wrong');
      if (piece.length > 0) yield piece;
    }
  };
  return watched();
}

/** A function that unpacks a frame whose content has `size` bytes. It throws RangeError if the frame is damaged. */
export async function loadUnzstd(): Promise<(frame: Uint8Array, size: number) => Uint8Array> {
  const decoder = await loadDecoder();
  return (frame, size) => {
    const content = size === 0 ? new Uint8Array(0) : decoder.decode(frame, size);
    if (content.length !== size) throw new RangeError('a zstd frame is damaged');
    return content;
  };
}
