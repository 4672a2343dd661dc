// HTML written so that it cannot be forgotten to escape: whatever is put into a template is text, unless it was made by one.
import { visible } from '../words.ts'

export class Markup {
  readonly html: string
  constructor(of: string) {
    this.html = of
  }
}

type Piece = Markup | string | number | undefined | false | readonly Piece[]

const written = (piece: Piece): string => {
  if (piece === undefined || piece === false) return ''
  if (piece instanceof Markup) return piece.html
  if (typeof piece === 'object') return piece.map(written).join('')
  return escaped(visible(String(piece)))
}

const escaped = (s: string): string => s.replace(/[&<>"'`=]/g, (c) => `&#${c.charCodeAt(0)};`)

export const markup = (texts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup =>
  new Markup(texts.reduce((all, t, i) => all + t + (i < pieces.length ? written(pieces[i]) : ''), ''))
