// Memory that is of no use any more, given back at once.

/** The collector sees how few objects hold it, and would let tens of megabytes lie. What shares its memory with others stays. */
export function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
