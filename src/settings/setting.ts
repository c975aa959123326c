import * as v from 'valibot';

/** What people see of a setting besides its description. */
interface Shown {
  /** The question that the wizard asks, or the heading of a group. */
  title: string;
  /** Name of the command-line flag, without dashes; only for the settings given most often. */
  flag?: string;
  /** A right value, for messages about a missing setting and for commented-out lines in broker.yaml. */
  example?: string | number | boolean;
}

/** One setting: what is right, with what people see of it. */
export const setting = <T extends v.GenericSchema>(
  schema: T,
  description: string,
  { title, flag, example }: Shown,
) =>
  v.pipe(
    schema,
    v.title(title),
    v.description(description),
    v.examples(example === undefined ? [] : [example]),
    v.metadata(flag === undefined ? {} : { flag }),
  );
