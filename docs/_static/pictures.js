// A click on a picture of a page opens it in its full size.
document.addEventListener("DOMContentLoaded", () => {
  for (const picture of document.querySelectorAll("article img")) {
    picture.addEventListener("click", () => window.open(picture.src));
  }
});
