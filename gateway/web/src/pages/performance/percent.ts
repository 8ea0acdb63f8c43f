/** A percentage with two decimals as basis points. */
export const toBasisPoints = (percent: number | null | undefined): number => Math.round((percent ?? 0) * 100);
export const toPercent = (basisPoints: number): number => basisPoints / 100;
