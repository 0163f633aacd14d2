export {
  DataError,
  FileError,
  NonFiniteError,
  OptionError,
  ShapeError,
  TsugikiError,
  UnavailableError,
} from "./base/index.js";
export * from "./workflows/index.js";
