// The phases of a migration, always in this order.
export const phases = ['assess', 'backup', 'expand', 'backfill', 'verify', 'cutover', 'contract'] as const
export type Phase = (typeof phases)[number]
