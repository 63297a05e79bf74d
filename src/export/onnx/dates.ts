/**
 * Parts of dates from seconds since 1970, in float64, whose sums of whole numbers are exact. Days become year, month and day as
 * in Hinnant, "chrono-compatible low-level date algorithms" (https://howardhinnant.github.io/date_algorithms.html): years begin
 * in March, eras have 400 years.
 */
import type { DateOrigin } from '../../data/dataset.js';
import { type Graph, typeNumber, type Value } from './graph.js';

/** A value of the graph with the arithmetic of whole numbers. */
class Whole {
  readonly graph: Graph;
  readonly value: Value;

  constructor(graph: Graph, value: Value) {
    this.graph = graph;
    this.value = value;
  }

  #with(operator: string, other: Whole | number): Whole {
    const value = other instanceof Whole ? other.value : this.graph.doubles([other], [1, 1]);
    return new Whole(this.graph, this.graph.node(operator, [this.value, value]));
  }

  plus(other: Whole | number): Whole {
    return this.#with('Add', other);
  }

  minus(other: Whole | number): Whole {
    return this.#with('Sub', other);
  }

  times(other: number): Whole {
    return this.#with('Mul', other);
  }

  /** Rounded down. */
  over(other: number): Whole {
    const { graph } = this;
    return new Whole(graph, graph.node('Floor', [this.#with('Div', other).value]));
  }

  /** From 0 to other − 1. */
  modulo(other: number): Whole {
    return this.minus(this.over(other).times(other));
  }

  /** 1 if it is below, else 0. */
  isBelow(other: number): Whole {
    const { graph } = this;
    const { value } = this.#with('Less', other);
    return new Whole(graph, graph.node('Cast', [value], { to: typeNumber('double') }));
  }
}

export function datePartValue(graph: Graph, seconds: Value, part: DateOrigin['part']): Value {
  if (part === 'epoch') return seconds;
  const time = new Whole(graph, seconds);
  const days = time.over(86400);
  const ofDay = time.minus(days.times(86400));
  if (part === 'hour') return ofDay.over(3600).value;
  if (part === 'minute') return ofDay.modulo(3600).over(60).value;
  if (part === 'second') return ofDay.modulo(60).over(1).value;
  // 1970 began on a Thursday; Monday is 1.
  if (part === 'weekday') return days.plus(3).modulo(7).plus(1).value;
  return civil(days)[part].value;
}

function civil(days: Whole): { year: Whole; month: Whole; day: Whole } {
  // From 1 March of the year 0.
  const since = days.plus(719468);
  const era = since.over(146097);
  const ofEra = since.minus(era.times(146097));
  const leapless = ofEra.minus(ofEra.over(1460)).plus(ofEra.over(36524)).minus(ofEra.over(146096));
  const yearOfEra = leapless.over(365);
  const yearDays = yearOfEra.times(365).plus(yearOfEra.over(4)).minus(yearOfEra.over(100));
  const ofYear = ofEra.minus(yearDays);
  // Month 0 is March.
  const month = ofYear.times(5).plus(2).over(153);
  const day = ofYear.minus(month.times(153).plus(2).over(5)).plus(1);
  const calendarMonth = month.plus(month.isBelow(10).times(12)).minus(9);
  return { year: yearOfEra.plus(era.times(400)).plus(calendarMonth.isBelow(3)), month: calendarMonth, day };
}
