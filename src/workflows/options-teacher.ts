import { number, text } from "./options-kinds.js";
import type { RowSpecs } from "./options-row.js";

/** A model that knows the task, and what its scores count. */
export interface TeacherOptions {
  /** A model that was fine-tuned for the task: what it says of the training rows is learnt too. Default: none. */
  teacher?: string;
  /** What the teacher's scores count. Default 0.5. */
  softWeight?: number;
  /** What the labels count beside them. Default 0.5. */
  labelWeight?: number;
  /** Scores are divided by it before they are compared. Default 2. */
  temperature?: number;
}

/** What is done where nothing is said. */
export const teacherDefaults: Required<Omit<TeacherOptions, "teacher">> = {
  softWeight: 0.5,
  labelWeight: 0.5,
  temperature: 2,
};

/** Rows of `TeacherOptions`. */
export const teacherSpecs: RowSpecs<TeacherOptions> = {
  teacher: {
    group: "Teacher",
    help: "a model that was fine-tuned for the task: what it says of the training rows is learnt too",
    kind: text("MODEL", "a model directory or a name on the Hub"),
    aliases: ["teacher_name_or_path", "teacher_model"],
    defaultText: "none",
  },
  softWeight: {
    group: "Teacher",
    help: "what the teacher's scores count",
    kind: number({ from: 0 }),
    aliases: ["alpha_ce"],
    defaultText: `${teacherDefaults.softWeight}`,
  },
  labelWeight: {
    group: "Teacher",
    help: "what the labels count beside them",
    kind: number({ from: 0 }),
    defaultText: `${teacherDefaults.labelWeight}`,
  },
  temperature: {
    group: "Teacher",
    help: "scores are divided by it before they are compared",
    kind: number({ above: 0 }),
    defaultText: `${teacherDefaults.temperature}`,
  },
};
