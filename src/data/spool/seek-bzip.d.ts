declare module 'seek-bzip' {
  interface Source {
    readByte(): number;
    read(buffer: Uint8Array, begin: number, length: number): number;
    eof(): boolean;
  }
  interface Sink {
    writeByte(byte: number): void;
  }
  export default class Bunzip {
    constructor(input: Source, output: Sink);
    readonly reader: { read(bits: number): number };
    readonly streamCRC: number;
    /** Whether another block follows. @throws if its header is damaged */
    _init_block(): boolean;
    /** Decodes the block. @throws if its checksum is wrong */
    _read_bunzip(): void;
    /** Starts the next stream of the same file. */
    _start_bunzip(input: Source, output: Sink): void;
  }
}
