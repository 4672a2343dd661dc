// How many rows a unit takes: fixed, or so many that it takes about as long as it should.
export type Chunk = number | { readonly targetMs: number; readonly rows?: number; readonly most?: number }

export class Pace {
  private size: number
  private readonly chunk: Chunk
  constructor(chunk: Chunk) {
    this.chunk = chunk
    this.size = typeof chunk === 'number' ? chunk : (chunk.rows ?? 10_000)
  }

  get rows(): number {
    return Math.max(1, Math.round(this.size))
  }

  took(rows: number, ms: number): void {
    if (typeof this.chunk === 'number' || rows < this.rows / 2) return
    const wanted = (rows * this.chunk.targetMs) / Math.max(ms, 1)
    this.size = Math.min(this.chunk.most ?? 50_000, Math.max(100, Math.min(this.size * 2, Math.max(this.size / 2, wanted))))
  }

  /** The server said that it was too much at once. */
  tooMuch(): void {
    this.size = Math.max(1, this.size / 2)
  }
}
