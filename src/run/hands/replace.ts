// A file of somebody else's, read and replaced: by a rename, so that nobody ever reads half of it.
import { chmod, chown, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'

export async function textOf(root: string, path: string): Promise<string | undefined> {
  try {
    return await readFile(resolve(root, path), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export async function replaceFile(root: string, path: string, text: string): Promise<void> {
  // behind a link, or the link would be replaced
  const file = await realpath(resolve(root, path))
  const unfinished = `${file}.${process.pid}.unfinished`
  const { mode, uid, gid } = await stat(file)
  try {
    await rm(unfinished, { force: true })
    await written(unfinished, text)
    await chmod(unfinished, mode)
    if (process.getuid?.() === 0) await chown(unfinished, uid, gid)
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

/** On the disk before it gets its name. */
async function written(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
