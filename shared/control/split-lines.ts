const NEWLINE = 0x0a;

/**
 * The lines of a byte stream, without their newlines; an unfinished last one is dropped. Reads no faster than the
 * caller takes.
 *
 * @throws Error when a line has more than `maxBytes`
 */
export async function* splitLines(source: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let waitingBytes = 0;
  for await (const chunk of source) {
    let rest = chunk;
    for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
      yield Buffer.concat([...parts, rest.subarray(0, end)]).toString('utf8');
      parts = [];
      waitingBytes = 0;
      rest = rest.subarray(end + 1);
    }
    parts.push(rest);
    waitingBytes += rest.length;
    if (waitingBytes > maxBytes) throw new Error(`a line of more than ${maxBytes} bytes came`);
  }
}
