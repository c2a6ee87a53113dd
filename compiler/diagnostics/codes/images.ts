/** NN0872 to NN0878: what can be wrong with images that a network learns from, their folders and their lists. */
import { counted, numbered } from "../lists.ts";
import { define } from "../diagnostic.ts";

type File = { readonly file: string };

export const sharpMissing = define<{ readonly problem: string }>({
  code: "NN0872",
  severity: "error",
  message: ({ problem }) => `images are read by the package \`sharp\`, which cannot be loaded: ${problem}`,
  explanation:
    "`images(…)` decodes and resizes PNG, JPEG and WebP files by `sharp` (0.35 or newer), which has a native part for each platform. It is an optional dependency: nothing " +
    "else needs it, and an install that leaves optional packages out, or a platform that it does not know, goes without. `npm install sharp` adds it.",
});

export const unreadableImage = define<File & { readonly problem: string }>({
  code: "NN0873",
  severity: "error",
  message: ({ file, problem }) => `${file}: expected a whole PNG, JPEG or WebP image, found ${problem}`,
  explanation:
    "Images are told by their first bytes, whatever they are called, and decoded in full. One that is cut short or damaged is never used in part: fetch it again, or take it " +
    "out of the folder or the list. Other forms, such as GIF, TIFF or HEIC, must be converted first.",
});

export const imageFolder = define<{ readonly folder: string; readonly expected: string; readonly found: string }>({
  code: "NN0874",
  severity: "error",
  message: ({ folder, expected, found }) => `${folder}: expected ${expected}, found ${found}`,
  explanation:
    "A folder of `images(…)` has a folder for each class, called as the class, with its PNG, JPEG and WebP files at any depth. Rows to predict, and networks without a target, " +
    "need no classes: then all images in the folder and below it are read, in the order of their paths.",
});

export const filesLeftOut = define<{ readonly folder: string; readonly count: number; readonly first: string }>({
  code: "NN0875",
  severity: "warning",
  message: ({ folder, count, first }) =>
    `${folder} holds ${counted(count, "file")} that ${numbered(count, "is", "are")} no PNG, JPEG or WebP by name and left out: ${first}`,
  explanation:
    "In a folder of images, files that end in .png, .jpg, .jpeg or .webp are read. Others are left out, which matters where they are images of another form. Names that begin " +
    "with a point, `Thumbs.db` and `desktop.ini` are passed over without a word. A list of names in CSV reads what it names, whatever it is called.",
});

export const imageColumn = define<File & { readonly field: string; readonly columns: string }>({
  code: "NN0876",
  severity: "error",
  message: ({ file, field, columns }) =>
    `expected to be told which column of ${file} has the names of image files, as in \`${field}: "file"\`, or by calling it \`${field}\`; it may be ${columns}`,
  explanation:
    "A list of images is a CSV file with a line of column names. One column names image files, relative to the folder of the list; it is the only one beside the target and what the " +
    'loss takes, or is called as the input, or it is named: `images("photos/list.csv", size: [32, 32], image: "file", target: "species")` for the input `image`.',
});

export const oneImageInput = define<{ readonly inputs: string }>({
  code: "NN0877",
  severity: "error",
  message: ({ inputs }) => `\`images\` gives a network its one input, found ${inputs}`,
  explanation:
    "A row of `images(…)` is one image, with its class or what else the list says for the target and the loss. A network with several inputs takes arrays, a file for each: `npy(image: …, age: …)`.",
});

export const imagesNotRead = define<{ readonly path: string }>({
  code: "NN0878",
  severity: "error",
  message: ({ path }) => `the images of ${path} are not there; expected them decoded, as \`images\` beside \`read\``,
  explanation:
    "Decoding images takes time that a call which answers at once has not got, so they are read before: `images: await readImages(file, manifest)` of `nnc/files`, or in a page a Map " +
    "from the path that the program names to `{ shape: [rows, H, W, channels], data, files, labels }`.",
});
