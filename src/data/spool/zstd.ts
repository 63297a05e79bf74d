/** Wrapper around the official zstd decoder in WebAssembly, which verifies checksums. */

const loadDecoder = async () => {
  const { ZSTDDecoder } = await import('zstddec/stream');
  const decoder = new ZSTDDecoder();
  await decoder.init();
  return decoder;
};

/** Number of consecutive empty pieces that can occur while the decoder waits for input. */
const MOST_EMPTY = 8;

/** Decompresses a file given in pieces. Throws if it is damaged or truncated. */
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
      // If data is damaged, the decoder returns empty pieces forever and requests no more input.
      empty = piece.length === 0 ? empty + 1 : 0;
      if (empty > MOST_EMPTY) throw new Error('a block or a checksum is wrong');
      if (piece.length > 0) yield piece;
    }
  };
  return watched();
}

/**
 * Loads a function that decompresses a frame with a content of `size` bytes. It throws RangeError if the
 * frame is damaged.
 */
export async function loadUnzstd(): Promise<(frame: Uint8Array, size: number) => Uint8Array> {
  const decoder = await loadDecoder();
  return (frame, size) => {
    const content = size === 0 ? new Uint8Array(0) : decoder.decode(frame, size);
    if (content.length !== size) throw new RangeError('a zstd frame is damaged');
    return content;
  };
}
