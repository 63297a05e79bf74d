/** Trainings by plain loops, float64 within an operation: their bits are the same on Node.js 20, 22 and 24. */
import { makeFiles, testCases } from './suite.js';

testCases('reference', makeFiles());
