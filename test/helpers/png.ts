import { crc32, inflateSync } from 'node:zlib';

/** A picture, read back. */
export interface DecodedPng {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of a pixel. */
  at(x: number, y: number): readonly number[];
}

/** Reads a PNG of red, green and blue with 8 bits each; checks every CRC. Knows the filters «none» and «up». */
export function decodePng(png: Buffer): DecodedPng {
  if (png.subarray(0, 8).toString('latin1') !== '\x89PNG\r\n\x1a\n') throw new Error('not a PNG');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    if (crc32(body) !== png.readUInt32BE(at + 8 + length)) throw new Error(`a wrong CRC at ${at}`);
    chunks.set(body.toString('latin1', 0, 4), body.subarray(4));
    at += 12 + length;
  }
  const header = chunks.get('IHDR') ?? Buffer.alloc(13);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  if (header.toString('hex', 8) !== '0802000000') throw new Error('another kind of PNG');
  if (chunks.get('IEND')?.length !== 0) throw new Error('no end');
  const raw = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  const stride = width * 3;
  if (raw.length !== (stride + 1) * height) throw new Error('another size than it says');
  const rgb = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)];
    if (filter !== 0 && filter !== 2) throw new Error(`filter ${filter}`);
    for (let x = 0; x < stride; x += 1) {
      const above = filter === 2 && y > 0 ? (rgb[(y - 1) * stride + x] ?? 0) : 0;
      rgb[y * stride + x] = (raw[y * (stride + 1) + 1 + x] ?? 0) + above;
    }
  }
  return { width, height, at: (x, y) => [...rgb.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)] };
}
