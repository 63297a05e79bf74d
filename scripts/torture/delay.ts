/**
 * A switch whose every frame arrives late: makes network devices t1, t2, … and passes what one sends to all others, after a delay.
 * For kernels without netem. Linux, root, koffi. Runs until it is killed, and the devices end with it.
 *
 *   node delay.js DEVICES MILLISECONDS
 */
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { loadKoffi } from '../../src/native.js';

/** Of linux/if_tun.h: attaches a file to a device that carries whole Ethernet frames, with nothing before them. */
const TUNSETIFF = 0x400454ca;
const IFF_TAP = 2;
const IFF_NO_PI = 0x1000;
/** Bytes of a name, and of struct ifreq. */
const NAME_BYTES = 16;
const REQUEST_BYTES = 40;

/** Longer than any frame. */
const FRAME_BYTES = 65_536;
/** Between two looks at the devices. */
const NAP_MILLISECONDS = 0.05;

const [devices, delay] = process.argv.slice(2).map(Number) as [number, number];
const ioctl = loadKoffi().load(null).func('int ioctl(int file, unsigned long request, void *argument)');
const files = Array.from({ length: devices }, (_, i) => openDevice(`t${i + 1}`));

function openDevice(name: string): number {
  const file = openSync('/dev/net/tun', constants.O_RDWR | constants.O_NONBLOCK);
  const request = Buffer.alloc(REQUEST_BYTES);
  request.write(name);
  request.writeUInt16LE(IFF_TAP | IFF_NO_PI, NAME_BYTES);
  if (ioctl(file, TUNSETIFF, request) !== 0) {
    closeSync(file);
    throw new Error(`${name}: the system makes no such network device`);
  }
  return file;
}

interface Frame {
  from: number;
  bytes: Buffer;
  due: number;
}

/** In the order in which they came, so that the first is due first. */
const frames: Frame[] = [];
const buffer = Buffer.alloc(FRAME_BYTES);

/** The next frame that a device has sent; null if there is none. */
function received(from: number): Frame | null {
  try {
    const bytes = readSync(files[from]!, buffer);
    return { from, bytes: Buffer.from(buffer.subarray(0, bytes)), due: performance.now() + delay };
  } catch {
    return null; // nothing there, or the device is down
  }
}

function deliver({ from, bytes }: Frame): void {
  for (const [to, file] of files.entries()) {
    if (to === from) continue;
    try {
      writeSync(file, bytes);
    } catch {
      // A device that is down loses it, as a cable would.
    }
  }
}

const nap = new Int32Array(new SharedArrayBuffer(4));
for (;;) {
  for (let from = 0; from < devices; from++) {
    for (let frame = received(from); frame !== null; frame = received(from)) frames.push(frame);
  }
  while (frames.length > 0 && frames[0]!.due <= performance.now()) deliver(frames.shift()!);
  Atomics.wait(nap, 0, 0, NAP_MILLISECONDS);
}
