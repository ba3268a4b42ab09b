-- reseller
WITH "fact_sales" AS NOT MATERIALIZED (
  SELECT
    "product_id" COLLATE "C" AS "product_id",
    "amount" AS "amount",
    "channel" COLLATE "C" AS "channel",
    "partner_id" COLLATE "C" AS "partner_id",
    "order_date" AS "order_date",
    "currency" COLLATE "C" AS "currency",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_sales"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($4 AS TEXT[]), CAST($5 AS DATE[]), CAST($6 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
), "ref_product" AS NOT MATERIALIZED (
  SELECT
    "product_id" COLLATE "C" AS "product_id",
    "category" COLLATE "C" AS "category"
  FROM "channel"."ref_product"
), "partner" AS NOT MATERIALIZED (
  SELECT
    "country_group" COLLATE "C" AS "country_group",
    "partner_id" COLLATE "C" AS "partner_id"
  FROM "channel"."partner"
)
SELECT
  "s"."place",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
    ) FILTER(WHERE
      "f"."order_date" >= CAST('2025-07-01' AS DATE)
      AND "f"."order_date" <= CAST('2026-06-30' AS DATE)
      AND (
        COALESCE("f"."channel", 'direct') <> 'demo'
      )),
    0
  ) AS "a0",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
    ) FILTER(WHERE
      "f"."order_date" >= CAST('2024-07-01' AS DATE)
      AND "f"."order_date" <= CAST('2025-06-30' AS DATE)
      AND (
        COALESCE("f"."channel", 'direct') <> 'demo'
      )),
    0
  ) AS "a1",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
    ) FILTER(WHERE
      "f"."order_date" >= CAST('2025-07-01' AS DATE)
      AND "f"."order_date" <= CAST('2026-06-30' AS DATE)
      AND (
        "f>product_id"."category" = 'Storage'
      )
      AND (
        COALESCE("f"."channel", 'direct') <> 'demo'
      )),
    0
  ) AS "a2",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
    ) FILTER(WHERE
      "f"."order_date" >= CAST('2025-07-01' AS DATE)
      AND "f"."order_date" <= CAST('2026-06-30' AS DATE)
      AND (
        "p"."country_group" = 'emerging'
      )),
    0
  ) AS "a3"
FROM "fact_sales" AS "f"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
LEFT JOIN "rate" AS "rate>amount"
  ON "rate>amount"."currency" = "f"."currency"
  AND "rate>amount"."day" = "f"."order_date"
LEFT JOIN "ref_product" AS "f>product_id"
  ON "f>product_id"."product_id" = "f"."product_id"
LEFT JOIN "partner" AS "p"
  ON "p"."partner_id" = "f"."partner_id"
WHERE
  "f"."_aside" IS NULL
  AND "f"."order_date" >= CAST('2024-07-01' AS DATE)
  AND "f"."order_date" <= CAST('2026-06-30' AS DATE)
GROUP BY
  "s"."place"

-- reseller
WITH "fact_sales" AS NOT MATERIALIZED (
  SELECT
    "amount" AS "amount",
    "partner_id" COLLATE "C" AS "partner_id",
    "order_date" AS "order_date",
    "currency" COLLATE "C" AS "currency",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_sales"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($4 AS TEXT[]), CAST($5 AS DATE[]), CAST($6 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
)
SELECT
  "d"."place",
  COUNT(*) AS "a0"
FROM (
  SELECT
    "s"."place",
    CAST((
      EXTRACT(YEAR FROM "f"."order_date") * 12 + (
        EXTRACT(MONTH FROM "f"."order_date") - 1
      )
    ) AS DECIMAL(6, 0)) AS "v"
  FROM "fact_sales" AS "f"
  INNER JOIN "scope" AS "s"
    ON "s"."partner" = "f"."partner_id"
  LEFT JOIN "rate" AS "rate>amount"
    ON "rate>amount"."currency" = "f"."currency"
    AND "rate>amount"."day" = "f"."order_date"
  WHERE
    "f"."_aside" IS NULL
    AND "f"."order_date" >= CAST('2025-07-01' AS DATE)
    AND "f"."order_date" <= CAST('2026-06-30' AS DATE)
    AND NOT (
      CAST((
        EXTRACT(YEAR FROM "f"."order_date") * 12 + (
          EXTRACT(MONTH FROM "f"."order_date") - 1
        )
      ) AS DECIMAL(6, 0))
    ) IS NULL
    AND (
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2)) > CAST(0 AS DECIMAL(1, 0))
    )
  GROUP BY
    "s"."place",
    CAST((
      EXTRACT(YEAR FROM "f"."order_date") * 12 + (
        EXTRACT(MONTH FROM "f"."order_date") - 1
      )
    ) AS DECIMAL(6, 0))
) AS d
GROUP BY
  "d"."place"

-- reseller
WITH "fact_sales" AS NOT MATERIALIZED (
  SELECT
    "amount" AS "amount",
    "channel" COLLATE "C" AS "channel",
    "partner_id" COLLATE "C" AS "partner_id",
    "order_date" AS "order_date",
    "currency" COLLATE "C" AS "currency",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_sales"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($4 AS TEXT[]), CAST($5 AS DATE[]), CAST($6 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
)
SELECT
  "s"."place",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
    ),
    0
  ) AS "a0"
FROM "fact_sales" AS "f"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
LEFT JOIN "rate" AS "rate>amount"
  ON "rate>amount"."currency" = "f"."currency"
  AND "rate>amount"."day" = "f"."order_date"
WHERE
  "f"."_aside" IS NULL
  AND "f"."order_date" >= CAST('2025-07-01' AS DATE)
  AND "f"."order_date" <= CAST('2026-06-30' AS DATE)
  AND (
    COALESCE("f"."channel", 'direct') <> 'demo'
  )
GROUP BY
  "s"."place"

-- reseller
WITH "fact_sales" AS NOT MATERIALIZED (
  SELECT
    "amount" AS "amount",
    "channel" COLLATE "C" AS "channel",
    "partner_id" COLLATE "C" AS "partner_id",
    "order_date" AS "order_date",
    "currency" COLLATE "C" AS "currency",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_sales"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($4 AS TEXT[]), CAST($5 AS DATE[]), CAST($6 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
)
SELECT
  "s"."place",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
    ),
    0
  ) AS "a0"
FROM "fact_sales" AS "f"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
LEFT JOIN "rate" AS "rate>amount"
  ON "rate>amount"."currency" = "f"."currency"
  AND "rate>amount"."day" = "f"."order_date"
WHERE
  "f"."_aside" IS NULL
  AND "f"."order_date" >= CAST('2024-07-01' AS DATE)
  AND "f"."order_date" <= CAST('2025-06-30' AS DATE)
  AND (
    COALESCE("f"."channel", 'direct') <> 'demo'
  )
GROUP BY
  "s"."place"

-- reseller
WITH "fact_sales" AS NOT MATERIALIZED (
  SELECT
    "product_id" COLLATE "C" AS "product_id",
    "amount" AS "amount",
    "channel" COLLATE "C" AS "channel",
    "partner_id" COLLATE "C" AS "partner_id",
    "order_date" AS "order_date",
    "currency" COLLATE "C" AS "currency",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_sales"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($4 AS TEXT[]), CAST($5 AS DATE[]), CAST($6 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
), "ref_product" AS NOT MATERIALIZED (
  SELECT
    "product_id" COLLATE "C" AS "product_id",
    "category" COLLATE "C" AS "category"
  FROM "channel"."ref_product"
)
SELECT
  "s"."place",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
    ),
    0
  ) AS "a0"
FROM "fact_sales" AS "f"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
LEFT JOIN "rate" AS "rate>amount"
  ON "rate>amount"."currency" = "f"."currency"
  AND "rate>amount"."day" = "f"."order_date"
LEFT JOIN "ref_product" AS "f>product_id"
  ON "f>product_id"."product_id" = "f"."product_id"
WHERE
  "f"."_aside" IS NULL
  AND "f"."order_date" >= CAST('2025-07-01' AS DATE)
  AND "f"."order_date" <= CAST('2026-06-30' AS DATE)
  AND (
    "f>product_id"."category" = 'Storage'
  )
  AND (
    COALESCE("f"."channel", 'direct') <> 'demo'
  )
GROUP BY
  "s"."place"

-- reseller
WITH "fact_sales" AS NOT MATERIALIZED (
  SELECT
    "amount" AS "amount",
    "partner_id" COLLATE "C" AS "partner_id",
    "order_date" AS "order_date",
    "currency" COLLATE "C" AS "currency",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_sales"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($4 AS TEXT[]), CAST($5 AS DATE[]), CAST($6 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
), "partner" AS NOT MATERIALIZED (
  SELECT
    "country_group" COLLATE "C" AS "country_group",
    "partner_id" COLLATE "C" AS "partner_id"
  FROM "channel"."partner"
)
SELECT
  "s"."place",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
    ),
    0
  ) AS "a0"
FROM "fact_sales" AS "f"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
LEFT JOIN "rate" AS "rate>amount"
  ON "rate>amount"."currency" = "f"."currency"
  AND "rate>amount"."day" = "f"."order_date"
LEFT JOIN "partner" AS "p"
  ON "p"."partner_id" = "f"."partner_id"
WHERE
  "f"."_aside" IS NULL
  AND "f"."order_date" >= CAST('2025-07-01' AS DATE)
  AND "f"."order_date" <= CAST('2026-06-30' AS DATE)
  AND (
    "p"."country_group" = 'emerging'
  )
GROUP BY
  "s"."place"

-- reseller
WITH "fact_sales" AS NOT MATERIALIZED (
  SELECT
    "amount" AS "amount",
    "partner_id" COLLATE "C" AS "partner_id",
    "order_date" AS "order_date",
    "currency" COLLATE "C" AS "currency",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_sales"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($4 AS TEXT[]), CAST($5 AS DATE[]), CAST($6 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
)
SELECT
  "d"."place",
  COUNT(*) AS "a0"
FROM (
  SELECT
    "s"."place",
    CAST((
      EXTRACT(YEAR FROM "f"."order_date") * 12 + (
        EXTRACT(MONTH FROM "f"."order_date") - 1
      )
    ) AS DECIMAL(6, 0)) AS "v"
  FROM "fact_sales" AS "f"
  INNER JOIN "scope" AS "s"
    ON "s"."partner" = "f"."partner_id"
  LEFT JOIN "rate" AS "rate>amount"
    ON "rate>amount"."currency" = "f"."currency"
    AND "rate>amount"."day" = "f"."order_date"
  WHERE
    "f"."_aside" IS NULL
    AND "f"."order_date" >= CAST('2025-07-01' AS DATE)
    AND "f"."order_date" <= CAST('2026-06-30' AS DATE)
    AND NOT (
      CAST((
        EXTRACT(YEAR FROM "f"."order_date") * 12 + (
          EXTRACT(MONTH FROM "f"."order_date") - 1
        )
      ) AS DECIMAL(6, 0))
    ) IS NULL
    AND (
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2)) > CAST(0 AS DECIMAL(1, 0))
    )
  GROUP BY
    "s"."place",
    CAST((
      EXTRACT(YEAR FROM "f"."order_date") * 12 + (
        EXTRACT(MONTH FROM "f"."order_date") - 1
      )
    ) AS DECIMAL(6, 0))
) AS d
GROUP BY
  "d"."place"

-- reseller
WITH "fact_deals" AS NOT MATERIALIZED (
  SELECT
    "status" COLLATE "C" AS "status",
    "closed_at" AS "closed_at",
    "partner_id" COLLATE "C" AS "partner_id",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_deals"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
)
SELECT
  "s"."place",
  COUNT(*) AS "a0"
FROM "fact_deals" AS "f"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
WHERE
  "f"."_aside" IS NULL
  AND "f"."closed_at" >= CAST('2025-07-01' AS DATE)
  AND "f"."closed_at" <= CAST('2026-06-30' AS DATE)
  AND (
    "f"."status" = 'won'
  )
GROUP BY
  "s"."place"

-- reseller
WITH "fact_deals" AS NOT MATERIALIZED (
  SELECT
    "status" COLLATE "C" AS "status",
    "closed_at" AS "closed_at",
    "partner_id" COLLATE "C" AS "partner_id",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_deals"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
)
SELECT
  "s"."place",
  COUNT(*) AS "a0"
FROM "fact_deals" AS "f"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
WHERE
  "f"."_aside" IS NULL
  AND "f"."closed_at" >= CAST('2025-07-01' AS DATE)
  AND "f"."closed_at" <= CAST('2026-06-30' AS DATE)
  AND (
    "f"."status" = 'won' OR "f"."status" = 'lost'
  )
GROUP BY
  "s"."place"

-- reseller
WITH "fact_deals" AS NOT MATERIALIZED (
  SELECT
    "status" COLLATE "C" AS "status",
    "closed_at" AS "closed_at",
    "deal_amount" AS "deal_amount",
    "partner_id" COLLATE "C" AS "partner_id",
    "registered_on" AS "registered_on",
    "currency" COLLATE "C" AS "currency",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_deals"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($4 AS TEXT[]), CAST($5 AS DATE[]), CAST($6 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
)
SELECT
  "s"."place",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."deal_amount" AS DECIMAL(38, 2)) * "rate>deal_amount"."rate", 2) AS DECIMAL(9, 2))
    ),
    0
  ) AS "a0"
FROM "fact_deals" AS "f"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
LEFT JOIN "rate" AS "rate>deal_amount"
  ON "rate>deal_amount"."currency" = "f"."currency"
  AND "rate>deal_amount"."day" = "f"."registered_on"
WHERE
  "f"."_aside" IS NULL
  AND "f"."closed_at" >= CAST('2025-07-01' AS DATE)
  AND "f"."closed_at" <= CAST('2026-06-30' AS DATE)
  AND (
    "f"."status" = 'won'
  )
GROUP BY
  "s"."place"

-- reseller
WITH "fact_sales" AS NOT MATERIALIZED (
  SELECT
    "amount" AS "amount",
    "order_number" COLLATE "C" AS "order_number",
    "partner_id" COLLATE "C" AS "partner_id",
    "order_date" AS "order_date",
    "currency" COLLATE "C" AS "currency",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_sales"
), "member" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "span" AS NOT MATERIALIZED (
  SELECT
    "o" AS "o",
    "place" AS "place",
    "low" AS "low",
    "high" AS "high",
    "holds" AS "holds"
  FROM UNNEST(CAST($4 AS INT[]), CAST($5 AS INT[]), CAST($6 AS DATE[]), CAST($7 AS DATE[]), CAST($8 AS DATE[])) AS "given"("o", "place", "low", "high", "holds")
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($9 AS TEXT[]), CAST($10 AS DATE[]), CAST($11 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
)
SELECT
  "g"."place",
  "g"."o",
  COALESCE(SUM("g"."a0"), 0) AS "a0",
  COUNT("g"."a0") AS "a1"
FROM (
  SELECT
    "m"."place",
    "s"."o",
    "f"."order_number" AS "k0",
    COALESCE(
      SUM(
        CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
      ),
      0
    ) AS "a0"
  FROM "fact_sales" AS "f"
  INNER JOIN "member" AS "m"
    ON "m"."partner" = "f"."partner_id"
  INNER JOIN "span" AS "s"
    ON "f"."order_date" >= "s"."low" AND "f"."order_date" <= "s"."high"
  LEFT JOIN "rate" AS "rate>amount"
    ON "rate>amount"."currency" = "f"."currency"
    AND "rate>amount"."day" = "f"."order_date"
  WHERE
    "f"."_aside" IS NULL AND NOT (
      "f"."order_number"
    ) IS NULL
  GROUP BY
    "m"."place",
    "s"."o",
    "f"."order_number"
) AS g
GROUP BY
  "g"."place",
  "g"."o"

-- reseller
WITH "fact_sales" AS NOT MATERIALIZED (
  SELECT
    "amount" AS "amount",
    "partner_id" COLLATE "C" AS "partner_id",
    "order_date" AS "order_date",
    "currency" COLLATE "C" AS "currency",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_sales"
), "member" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "span" AS NOT MATERIALIZED (
  SELECT
    "o" AS "o",
    "place" AS "place",
    "low" AS "low",
    "high" AS "high",
    "holds" AS "holds"
  FROM UNNEST(CAST($4 AS INT[]), CAST($5 AS INT[]), CAST($6 AS DATE[]), CAST($7 AS DATE[]), CAST($8 AS DATE[])) AS "given"("o", "place", "low", "high", "holds")
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($9 AS TEXT[]), CAST($10 AS DATE[]), CAST($11 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
)
SELECT
  "g"."place",
  "g"."o",
  MAX("g"."a0") AS "a0"
FROM (
  SELECT
    "m"."place",
    "s"."o",
    CAST((
      EXTRACT(YEAR FROM "f"."order_date") * 4 + (
        EXTRACT(QUARTER FROM "f"."order_date") - 1
      )
    ) AS DECIMAL(6, 0)) AS "k0",
    COALESCE(
      SUM(
        CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
      ),
      0
    ) AS "a0"
  FROM "fact_sales" AS "f"
  INNER JOIN "member" AS "m"
    ON "m"."partner" = "f"."partner_id"
  INNER JOIN "span" AS "s"
    ON "f"."order_date" >= "s"."low" AND "f"."order_date" <= "s"."high"
  LEFT JOIN "rate" AS "rate>amount"
    ON "rate>amount"."currency" = "f"."currency"
    AND "rate>amount"."day" = "f"."order_date"
  WHERE
    "f"."_aside" IS NULL
    AND NOT (
      CAST((
        EXTRACT(YEAR FROM "f"."order_date") * 4 + (
          EXTRACT(QUARTER FROM "f"."order_date") - 1
        )
      ) AS DECIMAL(6, 0))
    ) IS NULL
  GROUP BY
    "m"."place",
    "s"."o",
    CAST((
      EXTRACT(YEAR FROM "f"."order_date") * 4 + (
        EXTRACT(QUARTER FROM "f"."order_date") - 1
      )
    ) AS DECIMAL(6, 0))
) AS g
GROUP BY
  "g"."place",
  "g"."o"

-- reseller
WITH "fact_sales" AS NOT MATERIALIZED (
  SELECT
    "amount" AS "amount",
    "partner_id" COLLATE "C" AS "partner_id",
    "order_date" AS "order_date",
    "currency" COLLATE "C" AS "currency",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_sales"
), "member" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "span" AS NOT MATERIALIZED (
  SELECT
    "o" AS "o",
    "place" AS "place",
    "low" AS "low",
    "high" AS "high",
    "holds" AS "holds"
  FROM UNNEST(CAST($4 AS INT[]), CAST($5 AS INT[]), CAST($6 AS DATE[]), CAST($7 AS DATE[]), CAST($8 AS DATE[])) AS "given"("o", "place", "low", "high", "holds")
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($9 AS TEXT[]), CAST($10 AS DATE[]), CAST($11 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
)
SELECT
  "g"."place",
  "g"."o",
  COUNT(*) AS "a0"
FROM (
  SELECT
    "m"."place",
    "s"."o",
    "m"."branch" AS "k0",
    COALESCE(
      SUM(
        CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
      ),
      0
    ) AS "a0"
  FROM "fact_sales" AS "f"
  INNER JOIN "member" AS "m"
    ON "m"."partner" = "f"."partner_id"
  INNER JOIN "span" AS "s"
    ON "f"."order_date" >= "s"."low" AND "f"."order_date" <= "s"."high"
  LEFT JOIN "rate" AS "rate>amount"
    ON "rate>amount"."currency" = "f"."currency"
    AND "rate>amount"."day" = "f"."order_date"
  WHERE
    "f"."_aside" IS NULL AND NOT (
      "m"."branch"
    ) IS NULL
  GROUP BY
    "m"."place",
    "s"."o",
    "m"."branch"
) AS g
WHERE
  (
    "g"."a0" >= CAST(20000 AS DECIMAL(5, 0))
  )
GROUP BY
  "g"."place",
  "g"."o"

-- services
WITH "fact_contracts" AS NOT MATERIALIZED (
  SELECT
    "monthly_fee" AS "monthly_fee",
    "partner_id" COLLATE "C" AS "partner_id",
    "signed_on" AS "signed_on",
    "valid_from" AS "valid_from",
    "valid_until" AS "valid_until",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_contracts"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($4 AS TEXT[]), CAST($5 AS DATE[]), CAST($6 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
)
SELECT
  "s"."place",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."monthly_fee" AS DECIMAL(38, 2)) * "rate>monthly_fee"."rate", 2) AS DECIMAL(7, 2))
    ),
    0
  ) AS "a0"
FROM "fact_contracts" AS "f"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
LEFT JOIN "rate" AS "rate>monthly_fee"
  ON "rate>monthly_fee"."currency" = 'USD'
  AND "rate>monthly_fee"."day" = "f"."signed_on"
WHERE
  "f"."_aside" IS NULL
  AND "f"."signed_on" >= CAST('0001-01-01' AS DATE)
  AND "f"."signed_on" <= CAST('2026-06-30' AS DATE)
  AND (
    "f"."valid_from" IS NULL OR "f"."valid_from" <= CAST('2026-06-30' AS DATE)
  )
  AND (
    "f"."valid_until" IS NULL OR "f"."valid_until" > CAST('2026-06-30' AS DATE)
  )
GROUP BY
  "s"."place"

-- services
WITH "fact_contracts" AS NOT MATERIALIZED (
  SELECT
    "site" COLLATE "C" AS "site",
    "partner_id" COLLATE "C" AS "partner_id",
    "signed_on" AS "signed_on",
    "valid_from" AS "valid_from",
    "valid_until" AS "valid_until",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_contracts"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
)
SELECT
  "d"."place",
  COUNT(*) AS "a0"
FROM (
  SELECT
    "s"."place",
    "f"."site" AS "v"
  FROM "fact_contracts" AS "f"
  INNER JOIN "scope" AS "s"
    ON "s"."partner" = "f"."partner_id"
  WHERE
    "f"."_aside" IS NULL
    AND "f"."signed_on" >= CAST('0001-01-01' AS DATE)
    AND "f"."signed_on" <= CAST('2026-06-30' AS DATE)
    AND (
      "f"."valid_from" IS NULL OR "f"."valid_from" <= CAST('2026-06-30' AS DATE)
    )
    AND (
      "f"."valid_until" IS NULL OR "f"."valid_until" > CAST('2026-06-30' AS DATE)
    )
    AND NOT (
      "f"."site"
    ) IS NULL
  GROUP BY
    "s"."place",
    "f"."site"
) AS d
GROUP BY
  "d"."place"

-- services
WITH "fact_activities" AS NOT MATERIALIZED (
  SELECT
    "kind" COLLATE "C" AS "kind",
    "points" AS "points",
    "partner_id" COLLATE "C" AS "partner_id",
    "done_on" AS "done_on",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_activities"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
)
SELECT
  "s"."place",
  COALESCE(
    SUM("f"."points") FILTER(WHERE
      "f"."done_on" >= CAST('2025-07-01' AS DATE)
      AND "f"."done_on" <= CAST('2026-06-30' AS DATE)
      AND (
        "f"."kind" = 'training'
      )),
    0
  ) AS "a0",
  COALESCE(
    SUM("f"."points") FILTER(WHERE
      "f"."done_on" >= CAST('2026-06-01' AS DATE)
      AND "f"."done_on" <= CAST('2026-06-30' AS DATE)),
    0
  ) AS "a1"
FROM "fact_activities" AS "f"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
WHERE
  "f"."_aside" IS NULL
  AND "f"."done_on" >= CAST('2025-07-01' AS DATE)
  AND "f"."done_on" <= CAST('2026-06-30' AS DATE)
GROUP BY
  "s"."place"

-- services
WITH "fact_contracts" AS NOT MATERIALIZED (
  SELECT
    "monthly_fee" AS "monthly_fee",
    "partner_id" COLLATE "C" AS "partner_id",
    "signed_on" AS "signed_on",
    "valid_from" AS "valid_from",
    "valid_until" AS "valid_until",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_contracts"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($4 AS TEXT[]), CAST($5 AS DATE[]), CAST($6 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
)
SELECT
  "s"."place",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."monthly_fee" AS DECIMAL(38, 2)) * "rate>monthly_fee"."rate", 2) AS DECIMAL(7, 2))
    ),
    0
  ) AS "a0"
FROM "fact_contracts" AS "f"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
LEFT JOIN "rate" AS "rate>monthly_fee"
  ON "rate>monthly_fee"."currency" = 'USD'
  AND "rate>monthly_fee"."day" = "f"."signed_on"
WHERE
  "f"."_aside" IS NULL
  AND "f"."signed_on" >= CAST('0001-01-01' AS DATE)
  AND "f"."signed_on" <= CAST('2026-06-30' AS DATE)
  AND (
    "f"."valid_from" IS NULL OR "f"."valid_from" <= CAST('2026-06-30' AS DATE)
  )
  AND (
    "f"."valid_until" IS NULL OR "f"."valid_until" > CAST('2026-06-30' AS DATE)
  )
GROUP BY
  "s"."place"

-- services
WITH "fact_contracts" AS NOT MATERIALIZED (
  SELECT
    "site" COLLATE "C" AS "site",
    "partner_id" COLLATE "C" AS "partner_id",
    "signed_on" AS "signed_on",
    "valid_from" AS "valid_from",
    "valid_until" AS "valid_until",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_contracts"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
)
SELECT
  "d"."place",
  COUNT(*) AS "a0"
FROM (
  SELECT
    "s"."place",
    "f"."site" AS "v"
  FROM "fact_contracts" AS "f"
  INNER JOIN "scope" AS "s"
    ON "s"."partner" = "f"."partner_id"
  WHERE
    "f"."_aside" IS NULL
    AND "f"."signed_on" >= CAST('0001-01-01' AS DATE)
    AND "f"."signed_on" <= CAST('2026-06-30' AS DATE)
    AND (
      "f"."valid_from" IS NULL OR "f"."valid_from" <= CAST('2026-06-30' AS DATE)
    )
    AND (
      "f"."valid_until" IS NULL OR "f"."valid_until" > CAST('2026-06-30' AS DATE)
    )
    AND NOT (
      "f"."site"
    ) IS NULL
  GROUP BY
    "s"."place",
    "f"."site"
) AS d
GROUP BY
  "d"."place"

-- services
WITH "fact_activities" AS NOT MATERIALIZED (
  SELECT
    "kind" COLLATE "C" AS "kind",
    "points" AS "points",
    "partner_id" COLLATE "C" AS "partner_id",
    "done_on" AS "done_on",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_activities"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
)
SELECT
  "s"."place",
  COALESCE(
    SUM("f"."points") FILTER(WHERE
      "f"."done_on" >= CAST('2025-07-01' AS DATE)
      AND "f"."done_on" <= CAST('2026-06-30' AS DATE)
      AND (
        "f"."kind" = 'training'
      )),
    0
  ) AS "a0",
  COALESCE(
    SUM("f"."points") FILTER(WHERE
      "f"."done_on" >= CAST('2026-06-01' AS DATE)
      AND "f"."done_on" <= CAST('2026-06-30' AS DATE)),
    0
  ) AS "a1"
FROM "fact_activities" AS "f"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
WHERE
  "f"."_aside" IS NULL
  AND "f"."done_on" >= CAST('2025-07-01' AS DATE)
  AND "f"."done_on" <= CAST('2026-06-30' AS DATE)
GROUP BY
  "s"."place"

-- services
WITH "fact_sales" AS NOT MATERIALIZED (
  SELECT
    "product_id" COLLATE "C" AS "product_id",
    "amount" AS "amount",
    "partner_id" COLLATE "C" AS "partner_id",
    "order_date" AS "order_date",
    "currency" COLLATE "C" AS "currency",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_sales"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "ref_product" AS NOT MATERIALIZED (
  SELECT
    "product_id" COLLATE "C" AS "product_id",
    "category" COLLATE "C" AS "category"
  FROM "channel"."ref_product"
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($4 AS TEXT[]), CAST($5 AS DATE[]), CAST($6 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
)
SELECT
  "s"."place",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
    ) FILTER(WHERE
      "f"."order_date" >= CAST('2026-02-01' AS DATE)
      AND "f"."order_date" <= CAST('2026-06-30' AS DATE)
      AND (
        "f>product_id"."category" = 'Services'
        OR "f>product_id"."category" = 'Monitoring'
      )),
    0
  ) AS "a0",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."amount" AS DECIMAL(38, 3)) * "rate>amount"."rate", 2) AS DECIMAL(9, 2))
    ) FILTER(WHERE
      "f"."order_date" >= CAST('2026-02-01' AS DATE)
      AND "f"."order_date" <= CAST('2026-04-30' AS DATE)),
    0
  ) AS "a1"
FROM "fact_sales" AS "f"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
LEFT JOIN "ref_product" AS "f>product_id"
  ON "f>product_id"."product_id" = "f"."product_id"
LEFT JOIN "rate" AS "rate>amount"
  ON "rate>amount"."currency" = "f"."currency"
  AND "rate>amount"."day" = "f"."order_date"
WHERE
  "f"."_aside" IS NULL
  AND "f"."order_date" >= CAST('2026-02-01' AS DATE)
  AND "f"."order_date" <= CAST('2026-06-30' AS DATE)
GROUP BY
  "s"."place"

-- services
WITH "fact_certificates" AS NOT MATERIALIZED (
  SELECT
    "person" COLLATE "C" AS "person",
    "exam" COLLATE "C" AS "exam",
    "partner_id" COLLATE "C" AS "partner_id",
    "valid_from" AS "valid_from",
    "valid_until" AS "valid_until",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_certificates"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
)
SELECT
  "d"."place",
  COUNT(*) AS "a0"
FROM (
  SELECT
    "s"."place",
    "f"."person" AS "v"
  FROM "fact_certificates" AS "f"
  INNER JOIN "scope" AS "s"
    ON "s"."partner" = "f"."partner_id"
  WHERE
    "f"."_aside" IS NULL
    AND "f"."valid_from" >= CAST('0001-01-01' AS DATE)
    AND "f"."valid_from" <= CAST('2026-06-30' AS DATE)
    AND (
      "f"."valid_from" IS NULL OR "f"."valid_from" <= CAST('2026-06-30' AS DATE)
    )
    AND (
      "f"."valid_until" IS NULL OR "f"."valid_until" > CAST('2026-06-30' AS DATE)
    )
    AND NOT (
      "f"."person"
    ) IS NULL
    AND (
      "f"."exam" = 'ST-200'
    )
  GROUP BY
    "s"."place",
    "f"."person"
) AS d
GROUP BY
  "d"."place"

-- services
WITH "fact_activities" AS NOT MATERIALIZED (
  SELECT
    "kind" COLLATE "C" AS "kind",
    "site" COLLATE "C" AS "site",
    "partner_id" COLLATE "C" AS "partner_id",
    "done_on" AS "done_on",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_activities"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
)
SELECT
  "d"."place",
  COUNT(*) AS "a0"
FROM (
  SELECT
    "s"."place",
    "f"."site" AS "v"
  FROM "fact_activities" AS "f"
  INNER JOIN "scope" AS "s"
    ON "s"."partner" = "f"."partner_id"
  WHERE
    "f"."_aside" IS NULL
    AND "f"."done_on" >= CAST('2024-07-01' AS DATE)
    AND "f"."done_on" <= CAST('2026-06-30' AS DATE)
    AND NOT (
      "f"."site"
    ) IS NULL
    AND (
      "f"."kind" = 'commissioning'
    )
  GROUP BY
    "s"."place",
    "f"."site"
) AS d
GROUP BY
  "d"."place"

-- services
WITH "fact_activities" AS NOT MATERIALIZED (
  SELECT
    "kind" COLLATE "C" AS "kind",
    "site" COLLATE "C" AS "site",
    "points" AS "points",
    "partner_id" COLLATE "C" AS "partner_id",
    "done_on" AS "done_on",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_activities"
), "member" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "span" AS NOT MATERIALIZED (
  SELECT
    "o" AS "o",
    "place" AS "place",
    "low" AS "low",
    "high" AS "high",
    "holds" AS "holds"
  FROM UNNEST(CAST($4 AS INT[]), CAST($5 AS INT[]), CAST($6 AS DATE[]), CAST($7 AS DATE[]), CAST($8 AS DATE[])) AS "given"("o", "place", "low", "high", "holds")
)
SELECT
  "g"."place",
  "g"."o",
  COALESCE(
    SUM(
      CASE
        WHEN "g"."a0" IS NULL OR CAST(100 AS DECIMAL(3, 0)) IS NULL
        THEN NULL
        ELSE LEAST(
          CAST("g"."a0" AS DECIMAL(38, 1)),
          CAST(CAST(100 AS DECIMAL(3, 0)) AS DECIMAL(38, 1))
        )
      END
    ),
    0
  ) AS "a0"
FROM (
  SELECT
    "m"."place",
    "s"."o",
    "f"."site" AS "k0",
    COALESCE(SUM("f"."points"), 0) AS "a0"
  FROM "fact_activities" AS "f"
  INNER JOIN "member" AS "m"
    ON "m"."partner" = "f"."partner_id"
  INNER JOIN "span" AS "s"
    ON "f"."done_on" >= "s"."low" AND "f"."done_on" <= "s"."high"
  WHERE
    "f"."_aside" IS NULL
    AND (
      "f"."kind" <> 'training'
    )
    AND NOT (
      "f"."site"
    ) IS NULL
  GROUP BY
    "m"."place",
    "s"."o",
    "f"."site"
) AS g
GROUP BY
  "g"."place",
  "g"."o"

-- services
WITH "fact_certificates" AS NOT MATERIALIZED (
  SELECT
    "person" COLLATE "C" AS "person",
    "exam" COLLATE "C" AS "exam",
    "partner_id" COLLATE "C" AS "partner_id",
    "valid_from" AS "valid_from",
    "valid_until" AS "valid_until",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_certificates"
), "member" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "span" AS NOT MATERIALIZED (
  SELECT
    "o" AS "o",
    "place" AS "place",
    "low" AS "low",
    "high" AS "high",
    "holds" AS "holds"
  FROM UNNEST(CAST($4 AS INT[]), CAST($5 AS INT[]), CAST($6 AS DATE[]), CAST($7 AS DATE[]), CAST($8 AS DATE[])) AS "given"("o", "place", "low", "high", "holds")
)
SELECT
  "g"."place",
  "g"."o",
  COUNT(*) AS "a0"
FROM (
  SELECT
    "m"."place",
    "s"."o",
    "f"."person" AS "k0",
    COUNT(DISTINCT "f"."exam") AS "a0"
  FROM "fact_certificates" AS "f"
  INNER JOIN "member" AS "m"
    ON "m"."partner" = "f"."partner_id"
  INNER JOIN "span" AS "s"
    ON "f"."valid_from" >= "s"."low"
    AND "f"."valid_from" <= "s"."high"
    AND (
      "f"."valid_from" IS NULL OR "f"."valid_from" <= "s"."holds"
    )
    AND (
      "f"."valid_until" IS NULL OR "f"."valid_until" > "s"."holds"
    )
  WHERE
    "f"."_aside" IS NULL
    AND (
      "f"."exam" = 'OM-1' OR "f"."exam" = 'OM-2' OR "f"."exam" = 'OM-3'
    )
    AND NOT (
      "f"."person"
    ) IS NULL
  GROUP BY
    "m"."place",
    "s"."o",
    "f"."person"
) AS g
WHERE
  (
    "g"."a0" >= CAST(2 AS DECIMAL(1, 0))
  )
GROUP BY
  "g"."place",
  "g"."o"

-- services
WITH "fact_contracts" AS NOT MATERIALIZED (
  SELECT
    "monthly_fee" AS "monthly_fee",
    "partner_id" COLLATE "C" AS "partner_id",
    "signed_on" AS "signed_on",
    "valid_from" AS "valid_from",
    "valid_until" AS "valid_until",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_contracts"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($4 AS TEXT[]), CAST($5 AS DATE[]), CAST($6 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
)
SELECT
  "s"."place",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."monthly_fee" AS DECIMAL(38, 2)) * "rate>monthly_fee"."rate", 2) AS DECIMAL(7, 2))
    ),
    0
  ) AS "a0"
FROM "fact_contracts" AS "f"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
LEFT JOIN "rate" AS "rate>monthly_fee"
  ON "rate>monthly_fee"."currency" = 'USD'
  AND "rate>monthly_fee"."day" = "f"."signed_on"
WHERE
  "f"."_aside" IS NULL
  AND "f"."signed_on" >= CAST('0001-01-01' AS DATE)
  AND "f"."signed_on" <= CAST('2026-04-30' AS DATE)
  AND (
    "f"."valid_from" IS NULL OR "f"."valid_from" <= CAST('2026-04-30' AS DATE)
  )
  AND (
    "f"."valid_until" IS NULL OR "f"."valid_until" > CAST('2026-04-30' AS DATE)
  )
GROUP BY
  "s"."place"

-- services
WITH "fact_contracts" AS NOT MATERIALIZED (
  SELECT
    "monthly_fee" AS "monthly_fee",
    "partner_id" COLLATE "C" AS "partner_id",
    "signed_on" AS "signed_on",
    "valid_from" AS "valid_from",
    "valid_until" AS "valid_until",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_contracts"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($4 AS TEXT[]), CAST($5 AS DATE[]), CAST($6 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
)
SELECT
  "s"."place",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."monthly_fee" AS DECIMAL(38, 2)) * "rate>monthly_fee"."rate", 2) AS DECIMAL(7, 2))
    ),
    0
  ) AS "a0"
FROM "fact_contracts" AS "f"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
LEFT JOIN "rate" AS "rate>monthly_fee"
  ON "rate>monthly_fee"."currency" = 'USD'
  AND "rate>monthly_fee"."day" = "f"."signed_on"
WHERE
  "f"."_aside" IS NULL
  AND "f"."signed_on" >= CAST('0001-01-01' AS DATE)
  AND "f"."signed_on" <= CAST('2026-05-30' AS DATE)
  AND (
    "f"."valid_from" IS NULL OR "f"."valid_from" <= CAST('2026-05-30' AS DATE)
  )
  AND (
    "f"."valid_until" IS NULL OR "f"."valid_until" > CAST('2026-05-30' AS DATE)
  )
GROUP BY
  "s"."place"

-- services
WITH "fact_contracts" AS NOT MATERIALIZED (
  SELECT
    "monthly_fee" AS "monthly_fee",
    "partner_id" COLLATE "C" AS "partner_id",
    "signed_on" AS "signed_on",
    "valid_from" AS "valid_from",
    "valid_until" AS "valid_until",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_contracts"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($4 AS TEXT[]), CAST($5 AS DATE[]), CAST($6 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
)
SELECT
  "s"."place",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."monthly_fee" AS DECIMAL(38, 2)) * "rate>monthly_fee"."rate", 2) AS DECIMAL(7, 2))
    ),
    0
  ) AS "a0"
FROM "fact_contracts" AS "f"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
LEFT JOIN "rate" AS "rate>monthly_fee"
  ON "rate>monthly_fee"."currency" = 'USD'
  AND "rate>monthly_fee"."day" = "f"."signed_on"
WHERE
  "f"."_aside" IS NULL
  AND "f"."signed_on" >= CAST('0001-01-01' AS DATE)
  AND "f"."signed_on" <= CAST('2026-02-28' AS DATE)
  AND (
    "f"."valid_from" IS NULL OR "f"."valid_from" <= CAST('2026-02-28' AS DATE)
  )
  AND (
    "f"."valid_until" IS NULL OR "f"."valid_until" > CAST('2026-02-28' AS DATE)
  )
GROUP BY
  "s"."place"

-- services
WITH "fact_contracts" AS NOT MATERIALIZED (
  SELECT
    "monthly_fee" AS "monthly_fee",
    "partner_id" COLLATE "C" AS "partner_id",
    "signed_on" AS "signed_on",
    "valid_from" AS "valid_from",
    "valid_until" AS "valid_until",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_contracts"
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($1 AS INT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[])) AS "given"("place", "partner", "branch")
), "rate" AS NOT MATERIALIZED (
  SELECT
    "currency" COLLATE "C" AS "currency",
    "day" AS "day",
    "rate" AS "rate"
  FROM UNNEST(CAST($4 AS TEXT[]), CAST($5 AS DATE[]), CAST($6 AS DECIMAL(11, 10)[])) AS "given"("currency", "day", "rate")
)
SELECT
  "s"."place",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."monthly_fee" AS DECIMAL(38, 2)) * "rate>monthly_fee"."rate", 2) AS DECIMAL(7, 2))
    ),
    0
  ) AS "a0"
FROM "fact_contracts" AS "f"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
LEFT JOIN "rate" AS "rate>monthly_fee"
  ON "rate>monthly_fee"."currency" = 'USD'
  AND "rate>monthly_fee"."day" = "f"."signed_on"
WHERE
  "f"."_aside" IS NULL
  AND "f"."signed_on" >= CAST('0001-01-01' AS DATE)
  AND "f"."signed_on" <= CAST('2026-03-30' AS DATE)
  AND (
    "f"."valid_from" IS NULL OR "f"."valid_from" <= CAST('2026-03-30' AS DATE)
  )
  AND (
    "f"."valid_until" IS NULL OR "f"."valid_until" > CAST('2026-03-30' AS DATE)
  )
GROUP BY
  "s"."place"

-- services
WITH "fact_activities" AS NOT MATERIALIZED (
  SELECT
    "done_on" AS "done_on",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_activities"
)
SELECT
  MIN("f"."done_on") AS low,
  MAX("f"."done_on") AS high
FROM "fact_activities" AS "f"
WHERE
  "f"."_aside" IS NULL

-- services
WITH "calendar" AS NOT MATERIALIZED (
  SELECT
    "day" AS "day",
    "stretch" AS "stretch"
  FROM UNNEST(CAST($1 AS DATE[]), CAST($2 AS INT[])) AS "given"("day", "stretch")
), "scope" AS NOT MATERIALIZED (
  SELECT
    "place" AS "place",
    "partner" COLLATE "C" AS "partner",
    "branch" COLLATE "C" AS "branch"
  FROM UNNEST(CAST($3 AS INT[]), CAST($4 AS TEXT[]), CAST($5 AS TEXT[])) AS "given"("place", "partner", "branch")
), "fact_activities" AS NOT MATERIALIZED (
  SELECT
    "points" AS "points",
    "partner_id" COLLATE "C" AS "partner_id",
    "done_on" AS "done_on",
    CAST("_aside" AS TEXT) COLLATE "C" AS "_aside"
  FROM "channel"."fact_activities"
)
SELECT
  "s"."place",
  "k"."stretch",
  COALESCE(SUM("f"."points"), 0) AS "a0"
FROM "fact_activities" AS "f"
JOIN "calendar" AS "k"
  ON "k"."day" = "f"."done_on"
INNER JOIN "scope" AS "s"
  ON "s"."partner" = "f"."partner_id"
WHERE
  "f"."_aside" IS NULL
GROUP BY
  "s"."place",
  "k"."stretch"

