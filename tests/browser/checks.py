"""What every page owes to everybody: usable by assistive technology, on a small screen, with a large finger."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TARGET = 44  # px, the height of what is pressed to go on (LOOK.md: comfortable for a thumb)

# Words that only French has, common enough for one of them to stand in any sentence left untranslated.
FRENCH = (
    "réclamation votre vous vos une des les est dans pour avec sur par sans ou et étape continuer précédent"
    " enregistrer envoyer numéro adresse réponse délai document pièce erreur choisissez indiquez modifier supprimer"
    " suivre ouvrir valider accéder nom prénom facultatif reçue demande service le la du en au aux cette ce"
)

WRONG_WITH_AXE = """rules => axe.run(document, {
    runOnly: {type: "tag", values: rules}, resultTypes: ["violations"], preload: false})
  .then(found => found.violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id}: ${rule.help} — ${node.target.join(" ")} — ${node.html.slice(0, 160)}
      ${node.failureSummary.split("\\n").slice(1).join(" ")}`)))"""
SMALL_BUTTONS = """least => [...document.querySelectorAll("main .btn-primary, main .btn-secondary, main .form-control")]
  .filter(each => each.offsetParent && each.getBoundingClientRect().height < least - 0.5)
  .map(each => `${each.getBoundingClientRect().height} px: ${each.outerHTML.slice(0, 120)}`)"""
WIDER_THAN_SCREEN = """() => {
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= window.innerWidth) return [];
  return [...document.body.querySelectorAll("*")]
    .filter(each => each.getBoundingClientRect().right > width + 1 || each.getBoundingClientRect().left < -1)
    .map(each => each.outerHTML.slice(0, 120)).slice(0, 8).concat("scrolls sideways");
}"""
# Texts written in their own language (the other language's name, a citation) say so with `lang`.
SHOWN_TEXT = """() => { const copy = document.body.cloneNode(true);
  copy.querySelectorAll("[lang], script, style, noscript").forEach(each => each.remove());
  return document.title + " " + copy.textContent; }"""


def assert_accessible(page: Page) -> None:
    """No violation of WCAG 2.2 AA nor of axe's best practices on the page as it stands."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE)  # past the content security policy, which holds for the page itself
    found = page.evaluate(WRONG_WITH_AXE, RULES)
    assert not found, f"{page.url} at {page.viewport_size}\n" + "\n".join(found)


def assert_fits(page: Page, *, width: int) -> None:
    """The page does not scroll sideways on a screen of this width (CSS px); the screen stays so."""
    page.set_viewport_size({"width": width, "height": 844})
    found = page.evaluate(WIDER_THAN_SCREEN)
    assert not found, f"{page.url} at {width} px\n" + "\n".join(found)


def assert_large_targets(page: Page) -> None:
    """Buttons and fields are high enough for a thumb."""
    found = page.evaluate(SMALL_BUTTONS, TARGET)
    assert not found, f"{page.url}\n" + "\n".join(found)


def french_words(page: Page) -> list[str]:
    """The French words of the page, as proof that something was left untranslated."""
    words = {word.strip(".,;:!?«»()’'…\u00a0").lower() for word in str(page.evaluate(SHOWN_TEXT)).split()}
    return sorted(words.intersection(FRENCH.split()))
