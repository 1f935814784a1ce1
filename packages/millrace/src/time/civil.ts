/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar; `month` from 1. */
export function daysFromDate(year: number, month: number, day: number): number {
  // Years that begin in March put the leap day last, so that a month's start needs no table.
  const shifted = month > 2 ? year : year - 1
  const monthFromMarch = month > 2 ? month - 3 : month + 9
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400)
  return shifted * 365 + leapDays + Math.floor((153 * monthFromMarch + 2) / 5) + day - 719_469
}

/** How many days a month has; `month` from 1. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
