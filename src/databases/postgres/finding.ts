// What `godwit doctor` has to say, one thing at a time.

export interface Finding {
  readonly level: 'ok' | 'warning' | 'problem'
  readonly title: string
  readonly detail: string
  /** What to do about it. Nothing where all is well. */
  readonly todo?: string
}

export const ok = (title: string, detail: string): Finding => ({ level: 'ok', title, detail })
export const warning = (title: string, detail: string, todo: string): Finding => ({ level: 'warning', title, detail, todo })
export const problem = (title: string, detail: string, todo: string): Finding => ({ level: 'problem', title, detail, todo })
