export {
  AFTERMATHS,
  type Aftermath,
  FORCES,
  type Force,
  isReviewFact,
  type ReviewFact,
  type ReviewWords,
  STAGES,
  VERDICTS,
  type Verdict,
} from "../events/catalogue/review.js";
