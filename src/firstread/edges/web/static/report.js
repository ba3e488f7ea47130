/** A report prints itself when it is asked to. */

document.getElementById("print").addEventListener("click", () => print());
