select to_regclass('muster.migration') is not null
