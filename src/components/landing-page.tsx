import { getTranslations } from "next-intl/server";
import { LandingExample } from "./landing-example.tsx";
import styles from "./landing.module.css";
import { LanguageLinks } from "./language-links.tsx";
import { PlainLink } from "./plain-button.tsx";

const reasons = ["reason1", "reason2", "reason3"] as const;

/** Says in one screen what this is. */
export async function LandingPage({ isSignedIn }: { readonly isSignedIn: boolean }) {
  const t = await getTranslations("landing");
  const common = await getTranslations("common");
  return (
    <div className={styles["page"]}>
      <a className="skip-link" href="#main">
        {common("skip")}
      </a>
      <header className={styles["top"]}>
        <span className={styles["brand"]}>
          <span className={styles["bowl"]} aria-hidden="true" />
          {common("brand")}
        </span>
        <LanguageLinks />
      </header>
      <main id="main" tabIndex={-1} className={styles["main"]}>
        <section className={styles["words"]}>
          <h1>{t("headline")}</h1>
          <p className={styles["lead"]}>{t("lead")}</p>
          <Doors isSignedIn={isSignedIn} />
          <p className={styles["free"]}>{t("free")}</p>
        </section>
        <LandingExample />
        <section className={styles["reasons"]} aria-label={t("reasonsTitle")}>
          {reasons.map((reason) => (
            <article key={reason}>
              <h2>{t(`${reason}Title`)}</h2>
              <p>{t(`${reason}Text`)}</p>
            </article>
          ))}
        </section>
      </main>
      <footer className={styles["footer"]}>{t("footer")}</footer>
    </div>
  );
}

async function Doors({ isSignedIn }: { readonly isSignedIn: boolean }) {
  const t = await getTranslations("landing");
  if (isSignedIn) {
    return (
      <PlainLink href="/chat" look="primary">
        {t("goToChat")}
      </PlainLink>
    );
  }
  return (
    <div className={styles["actions"]}>
      <PlainLink href="/sign-up" look="primary">
        {t("signUp")}
      </PlainLink>
      <PlainLink href="/sign-in" look="secondary">
        {t("signIn")}
      </PlainLink>
    </div>
  );
}
