// Chance, from fast-check's seeded generator: the same seed and path draw the same case.
import type fc from 'fast-check'

export class Draw {
  private readonly random: fc.Random
  constructor(random: fc.Random) {
    this.random = random
  }

  /** Both ends are in. */
  int(least: number, most: number): number {
    return this.random.nextInt(least, most)
  }
  chance(part: number): boolean {
    return this.int(0, 999) < part * 1000
  }
  pick<T>(items: readonly T[]): T {
    if (!items.length) throw new Error('nothing to pick from')
    return items[this.int(0, items.length - 1)]!
  }
  maybe<T>(part: number, make: () => T): T | undefined {
    return this.chance(part) ? make() : undefined
  }
  times<T>(least: number, most: number, make: (i: number) => T): T[] {
    return Array.from({ length: this.int(least, most) }, (_, i) => make(i))
  }
  /** One of several things to do, each with its weight. */
  weighted<T>(choices: readonly (readonly [number, () => T])[]): T {
    const possible = choices.filter(([weight]) => weight > 0)
    let at = this.int(
      1,
      possible.reduce((sum, [weight]) => sum + weight, 0),
    )
    for (const [weight, make] of possible) {
      at -= weight
      if (at <= 0) return make()
    }
    throw new Error('nothing to choose from')
  }
  from<T>(arbitrary: fc.Arbitrary<T>): T {
    return arbitrary.generate(this.random, undefined).value
  }
}
