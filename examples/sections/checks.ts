import { none } from 'godwit'
export const checks = [none('x', { rows: 'select 1 where false', of: 'select 1' })]
