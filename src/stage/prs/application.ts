// What ships of the application, for whoever reads the text of a phase: file by file, or by folders where they are many.
import { abridged, plural } from '../../text.ts'
import type { PlacedFile } from '../files/files.ts'

export const inCode = (text: string): string => `\`${text.replaceAll('`', "'")}\``

/** The difference stands beside the text, and a text has its limits. */
const most = 40

export function applicationLines(files: readonly PlacedFile[]): string[] {
  if (files.length <= most) return files.map((f) => `${inCode(f.file)}, ${f.change} (${f.kind})`)
  for (let depth = 8; depth > 0; depth--) {
    const folders = Map.groupBy(files, (f) => folderOf(f.file, depth))
    if (folders.size > most && depth > 1) continue
    const lines = [...folders].map(([folder, own]) => `${inCode(folder)}: ${plural(own.length, 'file')} (${kindsOf(own)})`)
    return lines.length > most ? [...lines.slice(0, most), `${plural(lines.length - most, 'folder')} more`] : lines
  }
  return []
}

const folderOf = (file: string, depth: number): string => `${file.split('/').slice(0, -1).slice(0, depth).join('/') || '.'}/`

const kindsOf = (files: readonly PlacedFile[]): string => abridged([...new Set(files.map((f) => f.kind))])
