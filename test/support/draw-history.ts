/** Prints the chart of the history rows given as JSON, in which `null` stands for NaN. */
import { historyChart, type HistoryRow } from '../../lib/log';

const rows = JSON.parse(process.argv[2], (_, value) => value ?? NaN) as HistoryRow[];
historyChart(rows).then((svg) => process.stdout.write(svg));
