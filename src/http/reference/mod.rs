//! The API's description over HTTP: the document for programs, and for people a page that shows it. The page is RapiDoc
//! (MIT, `rapidoc/LICENSE.txt`), part of the program, so that it works where nothing else can be reached.

mod answer;

pub use answer::{DOCUMENT_TYPE, Description, FILES, PAGE_TYPE, document, file, page};
