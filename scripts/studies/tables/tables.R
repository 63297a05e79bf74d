# Writes public tables of Debian's R packages as CSV, each in three splits of 75 % and 25 %:
#
#     Rscript scripts/studies/tables/tables.R FOLDER
#
# FOLDER/NAME/train-K.csv, test-K.csv and task.txt (the target, and "classes" or "numbers"). It needs r-base-core, r-cran-modeldata,
# r-cran-mlbench, r-cran-cardata, r-cran-ggplot2 and r-cran-kernlab. Rows without a target are left out, and columns that give the
# target away or name the row.
folder <- commandArgs(trailingOnly = TRUE)[1]

# name, package, data set, target, columns to leave out
tables <- list(
  list("attrition", "modeldata", "attrition", "Attrition"),
  list("cells", "modeldata", "cells", "class", "case"),
  list("credit", "modeldata", "credit_data", "Status"),
  list("hpc", "modeldata", "hpc_data", "class"),
  list("lending-club", "modeldata", "lending_club", "Class"),
  list("mlc-churn", "modeldata", "mlc_churn", "churn"),
  list("wa-churn", "modeldata", "wa_churn", "churn"),
  list("dna", "mlbench", "DNA", "Class"),
  list("letters", "mlbench", "LetterRecognition", "lettr"),
  list("pima", "mlbench", "PimaIndiansDiabetes2", "diabetes"),
  list("satellite", "mlbench", "Satellite", "classes"),
  list("soybean", "mlbench", "Soybean", "Class"),
  list("vehicle", "mlbench", "Vehicle", "Class"),
  list("vowel", "mlbench", "Vowel", "Class"),
  list("titanic", "carData", "TitanicSurvival", "survived"),
  list("wvs", "carData", "WVS", "poverty"),
  list("chile", "carData", "Chile", "vote"),
  list("spam", "kernlab", "spam", "type"),
  list("income", "kernlab", "income", "INCOME"),
  list("ames", "modeldata", "ames", "Sale_Price"),
  list("biomass", "modeldata", "biomass", "HHV", "sample"),
  list("car-prices", "modeldata", "car_prices", "Price"),
  list("check-times", "modeldata", "check_times", "check_time", "package"),
  list("chicago", "modeldata", "Chicago", "ridership", "date"),
  list("concrete", "modeldata", "concrete", "compressive_strength"),
  list("sacramento", "modeldata", "Sacramento", "price"),
  list("stackoverflow", "modeldata", "stackoverflow", "Salary"),
  list("boston", "mlbench", "BostonHousing", "medv"),
  list("slid", "carData", "SLID", "wages"),
  list("vocab", "carData", "GSSvocab", "vocab"),
  list("ces", "carData", "CES11", "abortion", c("id", "weight")),
  list("diamonds", "ggplot2", "diamonds", "price"),
  list("housing", "ggplot2", "txhousing", "median", c("date", "volume"))
)

for (entry in tables) {
  loaded <- new.env()
  data(list = entry[[3]], package = entry[[2]], envir = loaded)
  table <- as.data.frame(get(entry[[3]], loaded))
  target <- entry[[4]]
  left <- if (length(entry) > 4) entry[[5]] else character()
  table <- table[!is.na(table[[target]]), setdiff(names(table), left)]
  into <- file.path(folder, entry[[1]])
  dir.create(into, recursive = TRUE, showWarnings = FALSE)
  task <- if (is.numeric(table[[target]])) "numbers" else "classes"
  writeLines(c(target, task), file.path(into, "task.txt"))
  for (split in 1:3) {
    set.seed(split)
    test <- sample(nrow(table), round(nrow(table) / 4))
    write.csv(table[-test, ], file.path(into, sprintf("train-%d.csv", split)), row.names = FALSE)
    write.csv(table[test, ], file.path(into, sprintf("test-%d.csv", split)), row.names = FALSE)
  }
  cat(entry[[1]], task, dim(table), "\n")
}
