-- reseller: revenue, previous_revenue, storage_revenue, emerging_revenue
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

-- reseller: active_months
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

-- reseller: certified_people
-- walked fact by fact

-- reseller: deals_won, deals_decided, deal_value
SELECT
  "s"."place",
  COUNT(*) FILTER(WHERE
    (
      "f"."status" = 'won'
    )) AS "a0",
  COUNT(*) FILTER(WHERE
    (
      "f"."status" = 'won' OR "f"."status" = 'lost'
    )) AS "a1",
  COALESCE(
    SUM(
      CAST(ROUND(CAST("f"."deal_amount" AS DECIMAL(38, 2)) * "rate>deal_amount"."rate", 2) AS DECIMAL(9, 2))
    ) FILTER(WHERE
      (
        "f"."status" = 'won'
      )),
    0
  ) AS "a2"
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
GROUP BY
  "s"."place"

-- reseller: average_order
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

-- reseller: best_quarter
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

-- reseller: strong_branches
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

-- reseller: senior_people
-- walked fact by fact

-- services: recurring_fee
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

-- services: sites_in_care
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

-- services: training_points, month_points
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

-- services: service_revenue, last_quarter_revenue, typical_line
-- walked fact by fact

-- services: storage.storage_people
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

-- services: storage.commissioned
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

-- services: site_points
SELECT
  "g"."place",
  "g"."o",
  COALESCE(
    SUM(
      CASE
        WHEN "g"."a0" IS NULL OR CAST(100 AS DECIMAL(3, 0)) IS NULL
        THEN NULL
        ELSE CASE
          WHEN CAST("g"."a0" AS DECIMAL(38, 1)) IS NULL
          OR CAST(CAST(100 AS DECIMAL(3, 0)) AS DECIMAL(38, 1)) IS NULL
          THEN NULL
          ELSE LEAST(
            CAST("g"."a0" AS DECIMAL(38, 1)),
            CAST(CAST(100 AS DECIMAL(3, 0)) AS DECIMAL(38, 1))
          )
        END
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

-- services: operations.technicians
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

